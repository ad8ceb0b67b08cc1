// Dispatch: see Documentation/Decisions/0001.
