// Authentication: see Documentation/Decisions/0001.
