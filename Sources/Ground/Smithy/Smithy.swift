// Smithy: see Documentation/Decisions/0001.
