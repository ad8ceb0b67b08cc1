/// Whether a text is base64 as a machine writes it: padded, no spare bits. Specification 4.7, "Binary".
func isCanonicalBase64(_ text: String) -> Bool {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var digits = Array(text.utf8)
    guard digits.count % 4 == 0 else { return false }
    var padding = 0
    while padding < 2 && digits.last == 0x3D {
        digits.removeLast()
        padding += 1
    }
    let values = digits.compactMap { alphabet.firstIndex(of: $0) }
    guard values.count == digits.count else { return false }
    switch padding {
    case 1: return (values.last ?? 0) % 4 == 0
    case 2: return (values.last ?? 0) % 16 == 0
    default: return true
    }
}
