/// Names, made mechanically so that AWS's names can be searched for.
enum SwiftName {
    private static let keywords: Set<String> = [
        "as", "associatedtype", "break", "case", "catch", "class", "continue", "default", "defer", "deinit", "do",
        "else",
        "enum", "extension", "fallthrough", "false", "fileprivate", "for", "func", "guard", "if", "import", "in",
        "init",
        "inout", "internal", "is", "let", "nil", "operator", "private", "protocol", "public", "repeat", "rethrows",
        "return",
        "self", "static", "struct", "subscript", "super", "switch", "throw", "throws", "true", "try", "typealias",
        "var",
        "where", "while",
    ]
    /// Types that generated or importing code needs under their own names.
    private static let taken: Set<String> = [
        "Any", "Array", "Bool", "Box", "Dictionary", "Double", "Error", "ErrorField", "Instant", "Int",
        "OperationModel",
        "Protocol", "Schema", "Self", "ServiceModel", "Shape", "StreamingBody", "String", "StringEnum", "Type", "UInt8",
    ]

    /// `statusType` → `StatusType`; `Type` → `TypeShape`.
    static func type(_ name: String) -> String {
        let upper = name.prefix(1).uppercased() + name.dropFirst()
        return taken.contains(upper) ? upper + "Shape" : upper
    }

    /// `UserName` → `userName`, `ACL` → `aCL`, as CloudTrail does it.
    static func member(_ name: String) -> String {
        let lower = name.prefix(1).lowercased() + name.dropFirst()
        return keywords.contains(lower) ? "`\(lower)`" : lower
    }

    /// The constants of an enumeration, in its order: `aws:kms` → `awsKms`, `GLACIER_IR` → `glacierIr`.
    static func cases(_ values: [String]) -> [(name: String, value: String)] {
        var taken: Set<String> = []
        return values.map { value in
            var name = constant(value)
            while !taken.insert(name).inserted { name += "_" }
            return (keywords.contains(name) ? "`\(name)`" : name, value)
        }
    }

    private static func constant(_ value: String) -> String {
        let words = value.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }.map(String.init)
        guard let first = words.first else { return "empty" }
        let rest = words.dropFirst().map { word in
            let tail = word.dropFirst()
            return word.prefix(1).uppercased() + (isUpper(word) ? tail.lowercased() : String(tail))
        }
        let head = isUpper(first) ? first.lowercased() : first.prefix(1).lowercased() + first.dropFirst()
        let name = head + rest.joined()
        return name.first?.isNumber == true ? "_" + name : name
    }

    private static func isUpper(_ word: String) -> Bool { !word.contains { $0.isLowercase } }
}
