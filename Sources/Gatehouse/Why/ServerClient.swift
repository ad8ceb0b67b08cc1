import Authentication
import CSystem
import Crypto
import Glibc
import World

/// Asks a running server on this machine or beyond: signed, over plain HTTP/1.1, one request for each connection.
struct ServerClient {
    /// Keys to sign with.
    struct Keys {
        let id: String
        let secret: String
        var token: String?
    }

    private let host: String
    private let port: String
    private let keys: Keys

    /// An answer is an explanation of some policies; nothing near this.
    private static let longestAnswer = 64 << 20

    init(_ url: String, _ keys: Keys) throws {
        let scheme = "http://"
        guard url.hasPrefix(scheme) else { throw SetupError("\(url) is no http:// address") }
        let authority = url.dropFirst(scheme.count).prefix { $0 != "/" }
        guard let colon = authority.lastIndex(of: ":"), !authority[colon...].contains("]") else {
            (host, port, self.keys) = (String(authority), "80", keys)
            return
        }
        let name = authority[..<colon]
        host = String(name.hasPrefix("[") && name.hasSuffix("]") ? name.dropFirst().dropLast() : name)
        port = String(authority[authority.index(after: colon)...])
        self.keys = keys
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
        defer { close(connection) }
        try send(request("GET", target, [], [], signedFor: house, at: time), on: connection)
        var (head, isBody, total, taken) = ([UInt8](), false, Int64?.none, Int64(0))
        while let part = try receive(connection) {
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
            while let part = try receive(connection), head.count < 65_536 { head += part }
            let (status, body) = try ServerClient.split(head)
            throw SetupError("the server answers \(status): \(String(decoding: body.prefix(500), as: UTF8.self))")
        }
        guard taken == total else { throw SetupError("the server's answer was cut off; its log says why") }
    }

    private static func endOfHead(_ bytes: [UInt8]) -> Int? {
        guard bytes.count >= 4 else { return nil }
        return (4...bytes.count).first { bytes[$0 - 4..<$0].elementsEqual([13, 10, 13, 10]) }
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
            [(name: "host", value: host + ":" + port), (name: "connection", value: "close")] + headers
            + [(name: "content-length", value: "\(body.count)")]
        let head = "\(method) \(target) HTTP/1.1\r\n" + fields.map { "\($0.name): \($0.value)\r\n" }.joined() + "\r\n"
        return try ServerClient.split(try exchange(Array(head.utf8) + body))
    }

    private func send(
        _ method: String, _ target: String, _ headers: [(name: String, value: String)], _ body: [UInt8],
        signedFor service: SigningService, at time: Instant
    ) throws -> (status: Int, body: [UInt8]) {
        try ServerClient.split(try exchange(request(method, target, headers, body, signedFor: service, at: time)))
    }

    private func request(
        _ method: String, _ target: String, _ headers: [(name: String, value: String)], _ body: [UInt8],
        signedFor service: SigningService, at time: Instant
    ) -> [UInt8] {
        let authority = (host.contains(":") ? "[\(host)]" : host) + ":" + port
        var secret = Array(keys.secret.utf8)
        let signer = RequestSigner(
            accessKeyID: keys.id, secret: SecretBytes(taking: &secret), sessionToken: keys.token, service: service)
        let given = [(name: "host", value: authority)] + headers
        let signed = signer.headers(
            for: RequestSigner.Request(method: method, target: target, headers: given), body: body, at: time)
        var fields = given + signed + [(name: "connection", value: "close")]
        if method == "POST" { fields.append((name: "content-length", value: "\(body.count)")) }
        let head = "\(method) \(target) HTTP/1.1\r\n" + fields.map { "\($0.name): \($0.value)\r\n" }.joined() + "\r\n"
        return Array(head.utf8) + body
    }

    private func exchange(_ request: [UInt8]) throws -> [UInt8] {
        let connection = try connect()
        defer { close(connection) }
        try send(request, on: connection)
        var answer: [UInt8] = []
        while let part = try receive(connection) {
            answer += part
            guard answer.count <= ServerClient.longestAnswer else {
                throw SetupError("the server's answer is too long")
            }
        }
        return answer
    }

    private func send(_ request: [UInt8], on connection: Int32) throws {
        var sent = 0
        while sent < request.count {
            let count = request.withUnsafeBytes {
                write(connection, $0.baseAddress?.advanced(by: sent), $0.count - sent)
            }
            guard count > 0 else { throw failure("cannot send") }
            sent += count
        }
    }

    /// What came next; nil at the end.
    private func receive(_ connection: Int32) throws -> [UInt8]? {
        var part = [UInt8](repeating: 0, count: 262_144)
        let count = part.withUnsafeMutableBytes { Glibc.read(connection, $0.baseAddress, $0.count) }
        guard count >= 0 else { throw failure("cannot read") }
        if count == 0 { return nil }
        part.removeLast(part.count - count)
        return part
    }

    private func connect() throws -> Int32 {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, port, &hints, &found) == 0 else { throw SetupError("there is no host \(host)") }
        defer { freeaddrinfo(found) }
        var next = found
        while let address = next?.pointee {
            let connection = socket(address.ai_family, address.ai_socktype, address.ai_protocol)
            if connection >= 0 {
                if Glibc.connect(connection, address.ai_addr, address.ai_addrlen) == 0 { return connection }
                close(connection)
            }
            next = address.ai_next
        }
        throw failure("no server answers at")
    }

    private func failure(_ what: String) -> SetupError { SetupError("\(what) \(host):\(port), error \(gh_errno())") }

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
