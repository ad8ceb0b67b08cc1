import CQRCode

/// Pictures of texts for a camera to read (ISO/IEC 18004), drawn by libqrencode and written by libpng.
public enum QRCode {
    /// A PNG picture in black and white, of a text without zero bytes; nil where the text is longer than a code can be.
    public static func png(_ text: String) -> [UInt8]? {
        var count = 0
        guard let picture = gh_qr_png(text, &count) else { return nil }
        // The library's copy lives until here; the array has its own.
        defer { gh_qr_free(picture, count) }
        return Array(UnsafeBufferPointer(start: picture, count: count))
    }
}
