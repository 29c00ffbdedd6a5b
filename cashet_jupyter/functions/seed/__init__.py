"""The shapes of the seed library, for programs that were written for it.

- `protocols`: what a store, an executor and a serializer of the user's have to have
- `facade`: a store of ours with the methods of theirs; `foreign`: a store of theirs behind the door of ours
- `translation`: commits and results from the one shape into the other
- `executors`: executors of the user's behind our client, and our engine as one of them
"""
