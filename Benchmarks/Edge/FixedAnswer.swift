import CSystem
import HTTP

/// A status 200 with header lines and a body as they stand in a file.
struct FixedAnswer {
    private(set) var response = Response(status: 200)

    /// Nil where the file cannot be read or has no empty line.
    init?(file path: String) {
        guard let text = FixedAnswer.read(path), let end = text.firstRange(of: Array("\r\n\r\n".utf8)) else {
            return nil
        }
        for line in String(decoding: text[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { return nil }
            response.header.add(name: parts[0], parts[1].drop { $0 == " " })
        }
        response.body = .bytes(Array(text[end.upperBound...]))
    }

    /// At most 64 KiB.
    private static func read(_ path: String) -> [UInt8]? {
        let file = gh_open(path, O_RDONLY, 0)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = bytes.withUnsafeMutableBytes { CSystem.read(file, $0.baseAddress, $0.count) }
        return count < 0 ? nil : Array(bytes[..<count])
    }
}

enum Output {
    /// Lines reach a pipe at once.
    static func flush() { fflush(nil) }
}
