import HTTP

/// What a call was answered.
struct Answer: Sendable {
    let status: Int
    let requestID: String
    let body: [UInt8]

    var isSuccess: Bool { status < 400 }

    init(_ response: Response) async throws {
        status = response.status
        let lines = String(decoding: response.header.bytes, as: UTF8.self).split(separator: "\r\n")
        let name = lines.first {
            ["x-amz-request-id", "x-amzn-requestid"].contains($0.prefix { $0 != ":" }.lowercased())
        }
        requestID = name.map { String($0.drop { $0 != ":" }.dropFirst().drop { $0 == " " }) } ?? ""
        switch response.body {
        case .bytes(let bytes): body = bytes
        case .stream(_, let stream):
            var bytes: [UInt8] = []
            while let piece = try await stream.next() { bytes += piece }
            body = bytes
        case .empty, .headOnly: body = []
        }
    }

    /// The first text of an element; empty where there is none.
    func text(_ name: String) -> String {
        let text = String(decoding: body, as: UTF8.self)
        guard let start = text.firstRange(of: "<\(name)>")?.upperBound,
            let end = text[start...].firstRange(of: "</\(name)>")?.lowerBound
        else { return "" }
        return String(text[start..<end])
    }
}
