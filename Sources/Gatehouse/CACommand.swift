/// `gatehouse ca`: the root certificate, for a trust store or `AWS_CA_BUNDLE`.
enum CACommand {
    static let known: [Options.Known] = [
        .init("data", "DIR", variable: "GATEHOUSE_DATA", "the server's data folder (./data)")
    ]

    static func run(_ arguments: [String]) throws {
        let options = try Options(arguments, command: "ca", known: known, environment: ProcessEnvironment.read())
        guard !options.wantsHelp else {
            print(Options.help("ca", "Prints the root certificate of the local certificate authority (PEM).", known))
            return
        }
        let path = (options["data"] ?? "./data") + "/" + Authority.fileName
        guard let certificate = PrivateText.read(path) else {
            throw SetupError(
                "there is no \(path): start the server once (gatehouse serve), or name its folder with --data")
        }
        print(certificate, terminator: "")
    }
}
