import Authorization
import Formats

/// Puts statements into as few documents as keep their order and the limit of length.
struct PolicyPacker {
    let limit: Int

    private static let head = Array(#"{"Version":"2012-10-17","Statement":["#.utf8)
    private static let tail = Array("]}".utf8)

    func pack(_ statements: [GeneratedStatement]) throws(GenerationError) -> [GeneratedPolicy] {
        let room = limit - PolicyPacker.head.count - PolicyPacker.tail.count
        var parts: [GeneratedStatement] = []
        for statement in statements { try split(statement, room: room, into: &parts) }
        SidName.number(&parts)
        var documents: [[GeneratedStatement]] = [[]]
        var used = 0
        for part in parts {
            let length = PolicyPacker.length(part) + 1
            if used + length > room + 1 {
                documents.append([])
                used = 0
            }
            documents[documents.count - 1].append(part)
            used += length
        }
        return documents.map { statements in
            var text = PolicyPacker.head
            for (index, statement) in statements.enumerated() {
                if index > 0 { text.append(UInt8(ascii: ",")) }
                text += statement.json
            }
            return GeneratedPolicy(compact: text + PolicyPacker.tail, statements: statements)
        }
    }

    /// Characters, white space in names counted too, and room for a number behind the Sid.
    private static func length(_ statement: GeneratedStatement) -> Int {
        PolicyQuota.count(String(decoding: statement.json, as: UTF8.self)) + "Part0000".count
    }

    /// Halves a statement that is too long for a document of its own, its resources first.
    private func split(_ statement: GeneratedStatement, room: Int, into parts: inout [GeneratedStatement])
        throws(GenerationError)
    {
        guard PolicyPacker.length(statement) > room else {
            parts.append(statement)
            return
        }
        let (actions, resources) = (statement.actions, statement.resources)
        if resources.count > 1 {
            try split(statement.part(resources: Array(resources[..<(resources.count / 2)])), room: room, into: &parts)
            try split(statement.part(resources: Array(resources[(resources.count / 2)...])), room: room, into: &parts)
        } else if actions.count > 1 {
            try split(statement.part(actions: Array(actions[..<(actions.count / 2)])), room: room, into: &parts)
            try split(statement.part(actions: Array(actions[(actions.count / 2)...])), room: room, into: &parts)
        } else {
            throw .tooLong(action: actions[0], resource: resources[0])
        }
    }
}

/// One policy document, with what its statements stand for.
public struct GeneratedPolicy: Sendable {
    /// The document without white space.
    public let compact: [UInt8]
    public let statements: [GeneratedStatement]

    /// The document for people, a line for each value.
    public var text: String { String(decoding: JSONLayout.indented(compact), as: UTF8.self) }
}
