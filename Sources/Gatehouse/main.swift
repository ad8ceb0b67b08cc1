// The command line. Everything it does is in `CommandLineTool`; code here would run on the main actor.
CommandLineTool.start()
