import Formats
import World

/// A record's text, from a row that holds it in parts.
extension Entry {
    /// The JSON text of the CloudTrail record. Numbers that stand for nothing are passed over: the chain shows damage.
    public var record: [UInt8] {
        var text = ByteWriter(reserving: 2048)
        var at = recordStart
        while at < row.count {
            let byte = row[at]
            at += 1
            if byte != RecordPart.mark {
                text.byte(byte)
            } else if at < row.count {
                write(row[at], to: &text)
                at += 1
            }
        }
        return text.bytes
    }

    private func write(_ number: UInt8, to text: inout ByteWriter) {
        if let part = RecordPart(rawValue: number) {
            text.literal(part.text)
        } else if let field = RecordField(rawValue: number) {
            write(field, to: &text)
        } else if number == RecordPart.mark {
            text.byte(number)
        }
    }

    private func write(_ field: RecordField, to text: inout ByteWriter) {
        switch field {
        case .account: text.json(account)
        case .region: text.json(region)
        case .id: text.json(id)
        case .name: text.json(name)
        case .source: text.json(source)
        case .user: text.json(user)
        case .accessKeyID: text.json(accessKeyID)
        case .time: text.json(time.iso8601)
        }
    }
}
