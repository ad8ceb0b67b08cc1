import Formats
import PolicyChecks

/// A policy found in a file: alone, or within the answer of an AWS command.
struct LintSource {
    /// The policy's text. What stands around it is blank, so that places are those of the file.
    let text: [UInt8]
    let kind: PolicyUse.Kind
    /// Why that kind was taken; nil where the command line named it.
    let reason: String?

    /// - Parameter kind: nil to guess.
    init(_ file: [UInt8], kind: PolicyUse.Kind?) {
        let found = LintSource.unwrapped(file)
        text = found.text
        if let kind {
            (self.kind, reason) = (kind, nil)
        } else if let kind = found.kind {
            (self.kind, reason) = (kind, "because of what stands around it")
        } else {
            (self.kind, reason) = LintSource.guess(found.text)
        }
    }

    /// Members under which AWS commands answer with policies, and the kind that goes with them.
    private static let wrappers: [(path: [String], kind: PolicyUse.Kind?)] = [
        (["PolicyVersion", "Document"], .identity), (["PolicyDocument"], .identity),
        (["Role", "AssumeRolePolicyDocument"], .trust), (["AssumeRolePolicyDocument"], .trust),
        (["Policy", "Content"], .serviceControl), (["Policy"], .resource),
    ]

    private static func unwrapped(_ file: [UInt8]) -> (text: [UInt8], kind: PolicyUse.Kind?) {
        for wrapper in wrappers {
            guard let range = range(of: wrapper.path, in: file) else { continue }
            if file[range.lowerBound] == UInt8(ascii: "{") {
                // Blank what is around; lines stay where they are.
                var text = file
                for index in text.indices where !range.contains(index) && text[index] != 0x0A { text[index] = 0x20 }
                return (text, wrapper.kind)
            }
            var reader = JSONReader(file, from: range.lowerBound)
            if let inner = try? reader.readString() { return (Array(inner.utf8), wrapper.kind) }
        }
        return (file, nil)
    }

    /// Where the value under that way lies; nil where there is none, or where it is no object or text.
    private static func range(of path: [String], in file: [UInt8]) -> Range<Int>? {
        var reader = JSONReader(file)
        guard (try? reader.peek()) == .object else { return nil }
        for (depth, name) in path.enumerated() {
            guard (try? reader.peek()) == .object, (try? reader.beginObject()) != nil else { return nil }
            var isFound = false
            while let key = (try? reader.nextKey()) ?? nil {
                // A policy itself has statements and is not looked into.
                if depth == 0, key == "Statement" { return nil }
                if key == name {
                    isFound = true
                    break
                }
                guard (try? reader.skipValue()) != nil else { return nil }
            }
            guard isFound else { return nil }
        }
        guard let kind = try? reader.peek(), kind == .object || kind == .string else { return nil }
        return try? reader.captureValue()
    }

    private static func guess(_ text: [UInt8]) -> (PolicyUse.Kind, String) {
        let words = String(decoding: text, as: UTF8.self)
        guard words.contains("\"Principal\"") || words.contains("\"NotPrincipal\"") else {
            return (.identity, "because it names no principals; --type scp, rcp or session say otherwise")
        }
        if !words.contains("\"Resource\""), !words.contains("\"NotResource\""), words.lowercased().contains("\"sts:") {
            return (.trust, "because it names principals and STS actions and no resources")
        }
        return (.resource, "because it names principals; --type trust or rcp say otherwise")
    }
}
