// Wire: see Documentation/Decisions/0001.
