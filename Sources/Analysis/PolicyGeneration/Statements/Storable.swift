import Authorization
import Formats

/// What may be stored in a managed policy.
enum Storable {
    /// False for an ARN pattern that IAM would refuse in a Resource element.
    static func accepts(_ pattern: String) -> Bool {
        // What is no ARN at all is a fault of the source, and is told as such when the whole document is parsed.
        guard pattern.hasPrefix("arn:") else { return true }
        var json = JSONWriter()
        json.beginObject()
        json.member("Version", "2012-10-17")
        json.key("Statement")
        json.beginObject()
        json.member("Effect", "Allow")
        json.member("Action", "s3:GetObject")
        json.member("Resource", pattern)
        json.endObject()
        json.endObject()
        return (try? PolicyParser.parse(JSONLayout.ascii(json.bytes), as: .managed)) != nil
    }
}
