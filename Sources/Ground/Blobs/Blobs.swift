// Blobs: see Documentation/Decisions/0001.
