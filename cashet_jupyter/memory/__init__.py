"""Big buffers: cut in pieces, mapped from files, and known without being read for as long as nobody writes to them.

`pieces` says where a buffer is cut, `content` takes its digest, `mapping` puts files side by side into memory,
`untouched` asks the system which pages were written to, `known` remembers what mapped memory holds. Fingerprints and
the store cut alike: what a cell reads is then named by the very blobs that it was stored as.
"""
