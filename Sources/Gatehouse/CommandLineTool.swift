import CSystem
import Glibc
import World

/// `gatehouse COMMAND`: picks the command, prints its help, turns its errors into one helpful line.
enum CommandLineTool {
    static let version = "0.1.0"

    static let help = """
        gatehouse: the security side of a cloud, on your own machine.

        Usage: gatehouse COMMAND [OPTIONS]

          serve     start the server
          env       print the settings that point AWS tools at it:  eval "$(gatehouse env)"
          ca        print the root certificate of the local certificate authority
          lint      say what is wrong with policies, Access Analyzer's checks and more
          why       explain why a recorded call was allowed or denied
          generate-policy  print a policy that allows what a principal did
          secure    say what the account needs to be secured, and the command that mends it
          doctor    check the installation and the data folder, and say what to mend
          rekey     give the data folder a new root key, in a file or in an HSM
          backup    have a running server write all it holds into one encrypted file
          restore   make a data folder of a backup
          import    re-create a real account's users, roles and policies, or MinIO's
          simulate  answer questions about policies, from files: who can do this, what can she do, what changes
          vectors   hold the policy engine against written-down cases
          instance  run a command as an application on an instance, which gets its keys from a metadata service
          version   print the version

        gatehouse COMMAND --help tells a command's options.
        """

    /// Runs the command off the main thread, which is left to the signals.
    static func start() -> Never {
        let signals = StopSignals()
        Task.detached {
            await run(signals)
            exit(0)
        }
        signals.take()
    }

    @concurrent
    private static func run(_ signals: StopSignals) async {
        signal(SIGPIPE, SIG_IGN)
        var arguments = Array(CommandLine.arguments.dropFirst())
        guard let command = arguments.first else { stop(help, status: 2) }
        arguments.removeFirst()
        do {
            switch command {
            case "serve": try await ServeCommand.run(arguments, signals)
            case "env": try EnvCommand.run(arguments)
            case "ca": try CACommand.run(arguments)
            case "why": try await WhyCommand.run(arguments)
            case "generate-policy": try await GeneratePolicyCommand.run(arguments)
            case "secure": try await SecureCommand.run(arguments)
            case "doctor": try DoctorCommand.run(arguments)
            case "rekey": try await RekeyCommand.run(arguments)
            case "backup": try BackupCommand.run(arguments)
            case "restore": try RestoreCommand.run(arguments)
            case "import": try ImportCommand.run(arguments)
            case "lint": try LintCommand.run(arguments)
            case "simulate": try SimulateCommand.run(arguments)
            case "vectors": try VectorsCommand.run(arguments)
            case "instance": try await InstanceCommand.run(arguments, signals)
            case "coverage": try await CoverageCommand.run(arguments)
            case "version", "--version": print("gatehouse \(version)")
            case "help", "--help", "-h": print(help)
            default: throw UsageError("there is no command '\(command)'", "gatehouse --help")
            }
        } catch let error as UsageError {
            stop("gatehouse: \(error.message)\nSee: \(error.seeAlso)", status: 2)
        } catch {
            stop("gatehouse: \(error)", status: 1)
        }
    }

    static func stop(_ message: String, status: Int32) -> Never {
        Log.standardError(Array((message + "\n").utf8))
        exit(status)
    }
}

/// The command line itself is wrong.
struct UsageError: Error {
    let message: String
    let seeAlso: String

    init(_ message: String, _ seeAlso: String) { (self.message, self.seeAlso) = (message, seeAlso) }
}

/// The settings or the state of the machine do not let the command go on.
struct SetupError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
