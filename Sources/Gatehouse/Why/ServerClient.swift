import Authentication
import Crypto
import World

/// Asks a running server on this machine or beyond: signed, over HTTP/1.1, one request for each connection.
struct ServerClient {
    private let address: ServerAddress
    private let keys: CallerKeys
    private let trusted: TrustedAuthorities
    /// What to do where nobody answers; a sentence, or nothing.
    private let hint: String

    /// An answer is an explanation of some policies; nothing near this.
    private static let longestAnswer = 64 << 20

    init(_ url: String, _ keys: CallerKeys, trusting trusted: TrustedAuthorities = .none, hint: String = "") throws {
        address = try ServerAddress(url)
        (self.keys, self.trusted, self.hint) = (keys, trusted, hint)
    }

    /// The status and the body of the answer to a GET of one of the house's own paths.
    func get(_ target: String, at time: Instant) throws -> (status: Int, body: [UInt8]) {
        let house = SigningService(name: "gatehouse", region: "us-east-1", family: .json)
        return try send("GET", target, [], [], signedFor: house, at: time)
    }

    /// Hands on the body of the answer to a GET as it comes, with its length.
    /// - Throws: where the answer is a refusal, or ends before its length.
    func download(
        _ target: String, at time: Instant, _ take: (ArraySlice<UInt8>, _ total: Int64?) throws -> Void
    ) throws {
        let house = SigningService(name: "gatehouse", region: "us-east-1", family: .json)
        let connection = try connect()
        try connection.send(request("GET", target, [], [], signedFor: house, at: time))
        var (head, isBody, total, taken) = ([UInt8](), false, Int64?.none, Int64(0))
        while let part = try connection.receive() {
            if isBody {
                try take(part[...], total)
                taken += Int64(part.count)
                continue
            }
            head += part
            guard let end = ServerClient.endOfHead(head) else { continue }
            let text = String(decoding: head[..<end], as: UTF8.self)
            guard text.split(separator: " ").dropFirst().first == "200" else { break }
            let line = text.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
            total = line.flatMap { Int64($0.dropFirst(15).trimmingPrefix(" ")) }
            isBody = true
            if end < head.count { try take(head[end...], total) }
            taken += Int64(head.count - end)
        }
        guard isBody else {
            while let part = try connection.receive(), head.count < 65_536 { head += part }
            let (status, body) = try ServerClient.split(head)
            try keys.check((status, body), of: address.url)
            throw SetupError("the server answers \(status): \(String(decoding: body.prefix(500), as: UTF8.self))")
        }
        guard taken == total else { throw SetupError("the server's answer was cut off; its log says why") }
    }

    private static func endOfHead(_ bytes: [UInt8]) -> Int? {
        guard bytes.count >= 4 else { return nil }
        return (4...bytes.count).first { bytes[$0 - 4..<$0].elementsEqual([13, 10, 13, 10]) }
    }

    /// Whether the server knows an access key. The signature proves nothing, so that nothing is done and nothing recorded in
    /// the name of the key: a server that does not know it says that first.
    func knows(_ id: String) throws -> Bool {
        let stranger = CallerKeys(id: id, secret: "no secret of it", origin: .shell)
        let house = SigningService(name: "gatehouse", region: "us-east-1", family: .json)
        let question = request(
            "GET", SecurityStatus.path, [], [], signedFor: house, by: stranger, at: SystemClock().wallTime())
        let answer = try ServerClient.split(exchange(question))
        guard let fault = CallerKeys.Fault(answer) else { throw SetupError("the server answers \(answer.status)") }
        if case .unknown = fault { return false }
        return true
    }

    /// The status and the body of the answer to a form, as the Query protocol has it.
    /// - Parameter service: its signing name, such as `iam`.
    func post(_ form: [UInt8], to service: String, at time: Instant) throws -> (status: Int, body: [UInt8]) {
        let signing = SigningService(name: service, region: "us-east-1", family: .query)
        let type = (name: "content-type", value: "application/x-www-form-urlencoded; charset=utf-8")
        return try send("POST", "/", [type], form, signedFor: signing, at: time)
    }

    /// As `get`, with a JSON document.
    func post(_ target: String, _ document: [UInt8], at time: Instant) throws -> (status: Int, body: [UInt8]) {
        let house = SigningService(name: "gatehouse", region: "us-east-1", family: .json)
        return try send(
            "POST", target, [(name: "content-type", value: "application/json")], document, signedFor: house, at: time)
    }

    /// A request that is not signed: its headers prove whatever has to be proved.
    func sendUnsigned(
        _ method: String, _ target: String, _ headers: [(name: String, value: String)], _ body: [UInt8]
    ) throws -> (status: Int, body: [UInt8]) {
        let fields =
            [(name: "host", value: address.authority), (name: "connection", value: "close")] + headers
            + [(name: "content-length", value: "\(body.count)")]
        let head = "\(method) \(target) HTTP/1.1\r\n" + fields.map { "\($0.name): \($0.value)\r\n" }.joined() + "\r\n"
        return try ServerClient.split(try exchange(Array(head.utf8) + body))
    }

    private func send(
        _ method: String, _ target: String, _ headers: [(name: String, value: String)], _ body: [UInt8],
        signedFor service: SigningService, at time: Instant
    ) throws -> (status: Int, body: [UInt8]) {
        let answer = try ServerClient.split(
            try exchange(request(method, target, headers, body, signedFor: service, at: time)))
        try keys.check(answer, of: address.url)
        return answer
    }

    private func request(
        _ method: String, _ target: String, _ headers: [(name: String, value: String)], _ body: [UInt8],
        signedFor service: SigningService, by signing: CallerKeys? = nil, at time: Instant
    ) -> [UInt8] {
        let keys = signing ?? keys
        var secret = Array(keys.secret.utf8)
        let signer = RequestSigner(
            accessKeyID: keys.id, secret: SecretBytes(taking: &secret), sessionToken: keys.token, service: service)
        let given = [(name: "host", value: address.authority)] + headers
        let signed = signer.headers(
            for: RequestSigner.Request(method: method, target: target, headers: given), body: body, at: time)
        var fields = given + signed + [(name: "connection", value: "close")]
        if method == "POST" { fields.append((name: "content-length", value: "\(body.count)")) }
        let head = "\(method) \(target) HTTP/1.1\r\n" + fields.map { "\($0.name): \($0.value)\r\n" }.joined() + "\r\n"
        return Array(head.utf8) + body
    }

    private func exchange(_ request: [UInt8]) throws -> [UInt8] {
        let connection = try connect()
        try connection.send(request)
        var answer: [UInt8] = []
        while let part = try connection.receive() {
            answer += part
            guard answer.count <= ServerClient.longestAnswer else {
                throw SetupError("the server's answer is too long")
            }
        }
        return answer
    }

    private func connect() throws -> ServerConnection { try ServerConnection(address, trusted, hint: hint) }

    /// Cuts an answer of `Connection: close` into its status and its body.
    private static func split(_ answer: [UInt8]) throws -> (status: Int, body: [UInt8]) {
        let text = String(decoding: answer.prefix(65_536), as: UTF8.self)
        guard let end = text.firstRange(of: "\r\n\r\n"), text.hasPrefix("HTTP/1."),
            let status = text.split(separator: " ", maxSplits: 2).dropFirst().first.flatMap({ Int($0) })
        else { throw SetupError("the server's answer is no HTTP") }
        let headBytes = text[..<end.upperBound].utf8.count
        return (status, Array(answer.dropFirst(headBytes)))
    }
}
