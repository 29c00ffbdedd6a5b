"""Two live values -> what differs between them: by type, bounded in time and memory, as plain data.

`compare.compare` is the door, `model.ValueDiff` what comes out of it. Nothing here knows of stores or commits, and no
diff holds on to the values that it is about.
"""
