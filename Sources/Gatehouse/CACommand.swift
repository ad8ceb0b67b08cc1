/// `gatehouse ca`: the root certificate, for a trust store or `AWS_CA_BUNDLE`.
enum CACommand {
    static let known: [Options.Known] = [
        .init("data", "DIR", variable: "GATEHOUSE_DATA", "the server's data folder (./data)"),
        .init(
            "proxy", nil,
            "the certificate that clients of the forward proxy trust, which is good for AWS's domains alone"),
    ]

    static func run(_ arguments: [String]) throws {
        let options = try Options(arguments, command: "ca", known: known, environment: ProcessEnvironment.read())
        guard !options.wantsHelp else {
            print(Options.help("ca", "Prints the root certificate of the local certificate authority (PEM).", known))
            return
        }
        let isForProxy = options.has("proxy")
        let path = (options["data"] ?? "./data") + "/" + (isForProxy ? Authority.proxyFileName : Authority.fileName)
        guard let certificate = PrivateText.read(path) else {
            throw SetupError(
                "there is no \(path): start the server once (gatehouse serve\(isForProxy ? " --proxy-listen HOST:PORT" : "")), or name its folder with --data"
            )
        }
        print(certificate, terminator: "")
    }
}
