// Authorization: see Documentation/Decisions/0001.
