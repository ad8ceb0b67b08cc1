import Formats
import S3API

/// Access control lists as CloudTrail shows them.
extension S3Record {
    /// The name or the grants of the header, and a body under its root element.
    mutating func put(list input: some ListGiver) {
        let isOther = input.givesList && input.cannedName != CannedList.bucketOwnerFullControl.rawValue
        setsList = isOther || input.accessControlPolicy != nil
        put("x-amz-acl", input.cannedName)
        for grant in input.headerGrants { put(grant.name, grant.text) }
        guard let policy = input.accessControlPolicy else { return }
        put(body: "AccessControlPolicy") { json in
            if let id = policy.owner?.iD {
                json.key("Owner")
                json.beginObject()
                json.member("ID", id)
                json.endObject()
            }
            json.key("AccessControlList")
            json.beginObject()
            json.elements("Grant", policy.grants ?? []) { json, grant in json.put(grant) }
            json.endObject()
        }
    }
}

extension JSONWriter {
    fileprivate mutating func put(_ grant: S3.Grant) {
        beginObject()
        if let grantee = grant.grantee {
            key("Grantee")
            beginObject()
            member("xsi:type", grantee.type.rawValue)
            member("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance")
            for (name, value) in [("ID", grantee.iD), ("URI", grantee.uRI), ("EmailAddress", grantee.emailAddress)] {
                if let value { member(name, value) }
            }
            endObject()
        }
        if let permission = grant.permission { member("Permission", permission.rawValue) }
        endObject()
    }
}
