public import Formats

/// Reads CloudTrail records from a file's bytes: a log file of a trail (`{"Records": […]}`), the answer of
/// `aws cloudtrail lookup-events`, one record on each line, or a list of records.
public enum CloudTrailFile {
    /// Why a file was refused.
    public enum Problem: Error, Sendable {
        /// Compressed, as trails deliver their files.
        case compressed
        case notRecords(JSONError)
    }

    /// All records of a file, in its order.
    public static func records(_ bytes: [UInt8]) throws(Problem) -> [CloudTrailRecord] {
        guard !bytes.starts(with: [0x1F, 0x8B]) else { throw .compressed }
        var records: [CloudTrailRecord] = []
        do throws(JSONError) {
            var json = JSONReader(bytes)
            while json.offset < bytes.count {
                guard hasMore(bytes, from: json.offset) else { break }
                try read(&json, &records)
            }
        } catch {
            throw .notRecords(error)
        }
        return records
    }

    private static func hasMore(_ bytes: [UInt8], from offset: Int) -> Bool {
        bytes[offset...].contains { ![0x20, 0x0A, 0x0D, 0x09].contains($0) }
    }

    /// One value of the file.
    private static func read(_ json: inout JSONReader, _ records: inout [CloudTrailRecord]) throws(JSONError) {
        if try json.peek() == .array {
            try readList(&json, &records)
            return
        }
        let start = try json.valueOffset()
        var look = JSONReader(json.bytes, from: start)
        try look.beginObject()
        var isContainer = false
        while let key = try look.nextKey() {
            switch key {
            case "Records", "Events":
                isContainer = true
                try readList(&look, &records)
            default: try look.skipValue()
            }
        }
        if isContainer {
            try json.skipValue()
        } else {
            records.append(try CloudTrailRecord(&json))
        }
    }

    private static func readList(_ json: inout JSONReader, _ records: inout [CloudTrailRecord]) throws(JSONError) {
        try json.beginArray()
        while try json.nextElement() {
            let range = try json.captureValue()
            let text = Array(json.bytes[range])
            records.append(try CloudTrailRecord(try inner(text) ?? text))
        }
    }

    /// The record that an event of LookupEvents holds as a text; nil where the value is a record itself.
    private static func inner(_ event: [UInt8]) throws(JSONError) -> [UInt8]? {
        var json = JSONReader(event)
        var record: [UInt8]?
        try json.beginObject()
        while let key = try json.nextKey() {
            if key == "CloudTrailEvent" { record = Array(try json.readString().utf8) } else { try json.skipValue() }
        }
        return record
    }
}
