// Edge: see Documentation/Decisions/0001.
