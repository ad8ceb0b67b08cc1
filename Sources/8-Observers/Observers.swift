// Observers: see Documentation/Decisions/0001.
