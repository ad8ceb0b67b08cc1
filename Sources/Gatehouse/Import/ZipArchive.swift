import CZip

/// A ZIP archive in memory, read with libzip.
struct ZipArchive: ~Copyable {
    private let archive: OpaquePointer
    /// libzip reads from it for as long as the archive is open.
    private let content: UnsafeMutableBufferPointer<UInt8>

    /// An entry longer than this is refused: a few kilobytes can unpack to anything.
    static let longestEntry = 64 << 20

    /// Whether the bytes begin as archives do.
    static func isArchive(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x50, 0x4B]) }

    init(_ bytes: [UInt8]) throws {
        let content = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
        _ = content.initialize(from: bytes)
        // Not to be freed by libzip: it is freed in `deinit`, after the archive is closed.
        guard let source = zip_source_buffer_create(content.baseAddress, UInt64(content.count), 0, nil) else {
            content.deallocate()
            throw SetupError("there is no memory for the archive")
        }
        guard let archive = zip_open_from_source(source, ZIP_RDONLY, nil) else {
            zip_source_free(source)
            content.deallocate()
            throw SetupError("it is no ZIP archive, or a damaged one")
        }
        (self.archive, self.content) = (archive, content)
    }

    deinit {
        zip_discard(archive)
        content.deallocate()
    }

    /// The entry of that name in any folder; nil where there is none.
    func entry(_ name: String) throws -> [UInt8]? {
        let index = zip_name_locate(archive, name, zip_flags_t(ZIP_FL_NODIR))
        guard index >= 0 else { return nil }
        guard let file = zip_fopen_index(archive, zip_uint64_t(index), 0) else {
            throw SetupError("\(name) cannot be read from the archive")
        }
        defer { zip_fclose(file) }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 65_536)
        while true {
            // libzip checks the entry's checksum when it comes to the end.
            let count = part.withUnsafeMutableBytes { zip_fread(file, $0.baseAddress, zip_uint64_t($0.count)) }
            guard count >= 0 else { throw SetupError("\(name) is damaged in the archive") }
            if count == 0 { return bytes }
            bytes += part[..<Int(count)]
            guard bytes.count <= ZipArchive.longestEntry else { throw SetupError("\(name) is too long") }
        }
    }
}
