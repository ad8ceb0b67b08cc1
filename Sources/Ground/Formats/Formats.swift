// Formats: see Documentation/Decisions/0001.
