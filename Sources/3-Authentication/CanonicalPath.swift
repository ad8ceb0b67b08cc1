import Formats

/// A path as it is signed.
/// - Source: IAM User Guide, "Create a signed AWS API request", canonical URI.
enum CanonicalPath {
    /// S3's way: encoded once, dots and double slashes kept. An escape of the client counts as what it stands for.
    static func appendS3(_ path: ArraySlice<UInt8>, to canonical: inout [UInt8]) {
        if path.isEmpty { canonical.append(UInt8(ascii: "/")) }
        PercentEncoding.forEach(path) { byte in
            if byte == UInt8(ascii: "/") {
                canonical.append(byte)
            } else {
                PercentEncoding.append(byte, to: &canonical)
            }
        }
    }

    /// Everybody else's way: dot segments and empty segments removed, then what was sent encoded once more.
    static func appendNormalized(_ path: ArraySlice<UInt8>, to canonical: inout [UInt8]) {
        let slash = UInt8(ascii: "/")
        if path.count <= 1 {
            canonical.append(slash)
            return
        }
        var segments: [ArraySlice<UInt8>] = []
        for segment in path.split(separator: slash) {
            if segment.elementsEqual(".".utf8) { continue }
            if segment.elementsEqual("..".utf8) {
                _ = segments.popLast()
            } else {
                segments.append(segment)
            }
        }
        for segment in segments {
            canonical.append(slash)
            PercentEncoding.append(segment, to: &canonical)
        }
        if segments.isEmpty || path.last == slash { canonical.append(slash) }
    }
}
