import Authentication
import Formats
import HTTP
import Smithy
import Wire
import World

/// The fields of a form that was posted to a bucket, as the upload that they stand for.
/// - Source: S3 API Reference, "POST Object", "Form fields".
struct PostedForm {
    struct Field {
        /// In lower case.
        let name: String
        let shown: String
        var value: [UInt8]
    }

    private var fields: [Field] = []

    /// - Source: S3 User Guide, "Uploading objects": the largest object of a single upload.
    static let largestFile: Int64 = 5 << 30
    static let malformed = WireError(
        "MalformedPOSTRequest", "The body of your POST request is not well-formed multipart/form-data.")

    /// `${filename}` becomes the name of the file. Of metadata, values of one name are one list; nothing else may come twice.
    init(_ upload: FormUpload) throws(WireError) {
        let fileName = PostedForm.lastPart(upload.fileName ?? "")
        for field in upload.fields {
            let name = field.name.lowercased()
            let value = try PostedForm.expanded(field.value, fileName)
            guard let known = fields.firstIndex(where: { $0.name == name }) else {
                fields.append(Field(name: name, shown: field.name, value: value))
                continue
            }
            guard name.hasPrefix("x-amz-meta-") || !PostedForm.means(name) else {
                throw PostedForm.argument(field.name, "", "The form field '\(field.name)' must not be repeated.")
            }
            fields[known].value += [UInt8(ascii: ",")] + value
        }
        for field in fields where String(validating: field.value, as: UTF8.self) == nil {
            throw PostedForm.argument(field.shown, "", "The form must be UTF-8 encoded.")
        }
    }

    func value(of name: String) -> [UInt8]? { fields.first { $0.name == name }?.value }
    func text(of name: String) -> String? { value(of: name).map { String(decoding: $0, as: UTF8.self) } }

    /// For the policy.
    var texts: [(name: String, shown: String, value: String)] {
        fields.map { ($0.name, $0.shown, String(decoding: $0.value, as: UTF8.self)) }
    }

    /// The object's key.
    func key() throws(WireError) -> [UInt8] {
        guard let key = value(of: "key") else {
            throw PostedForm.argument(
                "key", "",
                "Bucket POST must contain a field named 'key'.  If it is specified, please check the order of "
                    + "the fields.")
        }
        guard !key.isEmpty else {
            throw PostedForm.argument("key", "", "User key must have a length greater than 0.")
        }
        return key
    }

    static func argument(_ name: String, _ value: String, _ message: String) -> WireError {
        WireError(
            "InvalidArgument", message, fields: [.init("ArgumentName", name), .init("ArgumentValue", value)])
    }

    /// What follows the last slash, of either kind.
    private static func lastPart(_ fileName: String) -> [UInt8] {
        let bytes = Array(fileName.utf8)
        let start = bytes.lastIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }.map { $0 + 1 } ?? 0
        return Array(bytes[start...])
    }

    private static let variable = Array("${filename}".utf8)

    /// - Throws: where it grows beyond what all fields may have.
    private static func expanded(_ value: [UInt8], _ fileName: [UInt8]) throws(WireError) -> [UInt8] {
        guard value.contains(UInt8(ascii: "$")) else { return value }
        var result: [UInt8] = []
        var rest = value[...]
        while let byte = rest.first {
            if rest.starts(with: variable) {
                result += fileName
                guard result.count <= FormUpload.fieldLimit else { throw FormUpload.tooLarge }
                rest = rest.dropFirst(variable.count)
            } else {
                result.append(byte)
                rest = rest.dropFirst()
            }
        }
        return result
    }
}

/// Which fields are headers of the upload.
extension PostedForm {
    private static let plainHeaders: Set<String> = [
        "cache-control", "content-type", "content-disposition", "content-encoding", "content-language", "content-md5",
        "expires", "if-match", "if-none-match",
    ]
    private static let renamed = [
        "acl": "x-amz-acl", "tagging": "x-amz-tagging", "x-amz-checksum-algorithm": "x-amz-sdk-checksum-algorithm",
    ]
    private static let own: Set<String> = [
        "key", "success_action_redirect", "redirect", "success_action_status",
    ]
    /// How a request is sent and signed, which a form says in another way or not at all.
    private static let foreign: Set<String> = [
        "x-amz-content-sha256", "x-amz-decoded-content-length", "x-amz-trailer", "x-amz-expires", "x-amz-signedheaders",
        "x-amz-region-set", "x-amz-copy-source",
    ]

    /// Whether this server reads the field; others, such as a button's, must only be in the policy.
    private static func means(_ name: String) -> Bool {
        plainHeaders.contains(name) || renamed[name] != nil || own.contains(name) || name.hasPrefix("x-amz-")
            || FormSignature.names.contains(name)
    }

    /// A header that would say something of the upload says nothing here: refused, or it would be passed over.
    static func checkHead(_ head: RequestHead) throws(WireError) {
        if let authorization = head.text("authorization") {
            throw argument(
                "Authorization", authorization,
                "Only one auth mechanism allowed; a form is signed by its fields, not by the Authorization header")
        }
        for field in head.fields {
            let name = head.text(field.name).lowercased()
            guard name.hasPrefix("x-amz-"), name != "x-amz-user-agent" else { continue }
            throw WireError(
                "NotImplemented", "A form says \(name) in a field of that name, not in a header.", status: 501,
                fields: [.init("Header", name)])
        }
    }

    /// The head of the PUT that says the same.
    func head(of head: RequestHead) throws -> RequestHead {
        var lines = StandInHead("PUT", like: head)
        for field in fields where !FormSignature.names.contains(field.name) {
            guard !PostedForm.foreign.contains(field.name) else {
                throw WireError(
                    "NotImplemented", "The form field \(field.shown) is not implemented.", status: 501,
                    fields: [.init("Header", field.shown)])
            }
            let isHeader = PostedForm.plainHeaders.contains(field.name) || field.name.hasPrefix("x-amz-")
            guard let name = PostedForm.renamed[field.name] ?? (isHeader ? field.name : nil) else { continue }
            let value = field.name == "tagging" ? try FormTags.header(field.value) : PostedForm.trimmed(field.value)
            guard value.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
                throw PostedForm.argument(
                    field.shown, "", "The form field '\(field.shown)' must not have control characters.")
            }
            guard lines.add(name, value) else {
                throw PostedForm.argument(field.shown, "", "The form says '\(name)' in two fields.")
            }
        }
        return lines.head
    }

    private static func trimmed(_ value: [UInt8]) -> [UInt8] {
        var value = value.drop { $0 == 0x20 || $0 == 0x09 }
        while value.last == 0x20 || value.last == 0x09 { value.removeLast() }
        return Array(value)
    }
}
