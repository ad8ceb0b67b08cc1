// Storage: see Documentation/Decisions/0001.
