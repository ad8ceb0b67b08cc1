import Formats
import HTTP

/// What a head says of its body: digests it must have, and how long it is once unframed.
struct BodyPromises: Sendable {
    private(set) var md5: [UInt8]?
    private(set) var checksum: (algorithm: ChecksumAlgorithm, value: [UInt8])?
    /// The checksum that the trailer will bring.
    private(set) var trailing: ChecksumAlgorithm?
    /// Lower-case names that `x-amz-trailer` lists.
    private(set) var trailerNames: [String] = []
    private(set) var decodedLength: Int64?

    init(_ head: RequestHead, mode: PayloadMode, checksums: Authenticated.ChecksumHeaders) throws(BodyFailure) {
        try readMD5(head)
        if mode.isChunked { try readFraming(head) }
        guard checksums == .describeBody else { return }
        try readChecksum(head)
        if let name = head.text("x-amz-sdk-checksum-algorithm"), let promised = checksum?.algorithm ?? trailing,
            promised.name != name.uppercased()
        {
            throw .checksumAlgorithmDiffers
        }
    }

    private mutating func readMD5(_ head: RequestHead) throws(BodyFailure) {
        guard head.count(of: "content-md5") > 0 else { return }
        guard let range = head.only("content-md5"), let value = Base64.decode(Array(head.bytes(range))),
            value.count == 16
        else {
            throw .malformedContentMD5(head.text("content-md5") ?? "")
        }
        md5 = value
    }

    private mutating func readFraming(_ head: RequestHead) throws(BodyFailure) {
        guard head.count(of: "x-amz-decoded-content-length") > 0 else { throw .missingDecodedLength }
        guard let range = head.only("x-amz-decoded-content-length"), !range.isEmpty,
            head.bytes(range).allSatisfy({ (0x30...0x39).contains($0) }), let length = Int64(head.text(range))
        else { throw .malformedDecodedLength }
        decodedLength = length
        guard let trailer = head.text("x-amz-trailer") else { return }
        guard head.count(of: "x-amz-trailer") == 1 else { throw .malformedTrailer }
        trailerNames = trailer.lowercased().split(separator: ",").map { name in
            String(name.drop { $0 == " " }.prefix { $0 != " " })
        }
        for algorithm in ChecksumAlgorithm.allCases where trailerNames.contains(algorithm.headerName) {
            if trailing != nil { throw .severalChecksums }
            trailing = algorithm
        }
    }

    private mutating func readChecksum(_ head: RequestHead) throws(BodyFailure) {
        for field in head.fields where field.name.count >= 19 {
            guard head.matches(field.name.lowerBound..<field.name.lowerBound + 15, "x-amz-checksum-") else { continue }
            let name = head.text(field.name).lowercased()
            guard let algorithm = ChecksumAlgorithm.allCases.first(where: { $0.headerName == name }) else { continue }
            if checksum != nil || trailing != nil { throw .severalChecksums }
            guard let value = Base64.decode(Array(head.bytes(field.value))), value.count == algorithm.byteCount else {
                throw .malformedChecksum(algorithm, trailing: false)
            }
            checksum = (algorithm, value)
        }
    }

    /// Everything that must be computed to keep these promises.
    func digests(_ mode: PayloadMode) -> BodyDigests {
        var wanted: BodyDigests = []
        if md5 != nil { wanted.insert(.md5) }
        if let algorithm = checksum?.algorithm ?? trailing { wanted.insert(BodyDigests(algorithm)) }
        if case .hash = mode { wanted.insert(.sha256) }
        return wanted
    }
}
