// Journal: see Documentation/Decisions/0001.
