import Formats

/// What every record says in the same words, stored as two bytes: a mark that no text of UTF-8 holds, and the part's
/// number. The numbers are part of the journal's format: parts are added at the end and never changed.
///
/// A record is two thirds such parts and repetitions of its row's head (`RecordField`). Stored like this it is written,
/// hashed, logged and copied into the table at a third of the cost, and reads back to the same bytes.
enum RecordPart: UInt8, CaseIterable {
    case begin, root, user, assumedRole, federatedUser, service, anonymous
    case arn, accountID, accessKeyID, userName, session, sessionIssuer, principalID, endOfIssuer, attributes
    case withMFA, withoutMFA, sourceIdentity, invokedBy
    case eventTime, eventSource, eventName, region, sourceAddress, userAgent, errorCode, errorMessage
    case requestParameters, noRequestParameters, responseElements, noResponseElements, additionalData
    case requestID, eventID, readOnly, notReadOnly, firstResource, resourceAccount, resourceType, resourceARN
    /// No record of ours has an `apiVersion`; its number stays taken.
    case eventType, apiVersion, management, notManagement, recipient, managementCategory, dataCategory
    case tls, cipherSuite, host
    case samlUser, webIdentityUser, identityProvider
    case otherAccount, ec2RoleDelivery, sharedEventID
    case hiddenUser, signInType
    case webIdentity, endOfWebIdentity
    case internalCaller, serviceType, serviceDetails

    /// The byte before a part's or a field's number; before another mark, itself.
    static let mark: UInt8 = 0xFF

    var text: StaticString {
        switch self {
        case .begin: #"{"eventVersion":"1.11","userIdentity":"#
        case .root: #"{"type":"Root","principalId":"#
        case .user: #"{"type":"IAMUser","principalId":"#
        case .assumedRole: #"{"type":"AssumedRole","principalId":"#
        case .federatedUser: #"{"type":"FederatedUser","principalId":"#
        case .service: #"{"type":"AWSService","invokedBy":"#
        case .anonymous: #"{"type":"AWSAccount","principalId":"","accountId":"anonymous""#
        case .arn: #","arn":"#
        case .accountID: #","accountId":"#
        case .accessKeyID: #","accessKeyId":"#
        case .userName: #","userName":"#
        case .session: #","sessionContext":{"#
        case .sessionIssuer: #""sessionIssuer":{"type":"#
        case .principalID: #","principalId":"#
        case .endOfIssuer: #"},"#
        case .attributes: #""attributes":{"creationDate":"#
        case .withMFA: #","mfaAuthenticated":"true"}"#
        case .withoutMFA: #","mfaAuthenticated":"false"}"#
        case .sourceIdentity: #","sourceIdentity":"#
        case .invokedBy: #","invokedBy":"#
        case .eventTime: #","eventTime":"#
        case .eventSource: #","eventSource":"#
        case .eventName: #","eventName":"#
        case .region: #","awsRegion":"#
        case .sourceAddress: #","sourceIPAddress":"#
        case .userAgent: #","userAgent":"#
        case .errorCode: #","errorCode":"#
        case .errorMessage: #","errorMessage":"#
        case .requestParameters: #","requestParameters":"#
        case .noRequestParameters: #","requestParameters":null"#
        case .responseElements: #","responseElements":"#
        case .noResponseElements: #","responseElements":null"#
        case .additionalData: #","additionalEventData":"#
        case .requestID: #","requestID":"#
        case .eventID: #","eventID":"#
        case .readOnly: #","readOnly":true"#
        case .notReadOnly: #","readOnly":false"#
        case .firstResource: #","resources":[{"#
        case .resourceAccount: #""accountId":"#
        case .resourceType: #""type":"#
        case .resourceARN: #","ARN":"#
        case .eventType: #","eventType":"AwsApiCall""#
        case .apiVersion: #","apiVersion":"#
        case .management: #","managementEvent":true"#
        case .notManagement: #","managementEvent":false"#
        case .recipient: #","recipientAccountId":"#
        case .managementCategory: #","eventCategory":"Management""#
        case .dataCategory: #","eventCategory":"Data""#
        case .tls: #","tlsDetails":{"tlsVersion":"#
        case .cipherSuite: #","cipherSuite":"#
        case .host: #","clientProvidedHostHeader":"#
        case .samlUser: #"{"type":"SAMLUser","principalId":"#
        case .webIdentityUser: #"{"type":"WebIdentityUser","principalId":"#
        case .hiddenUser: #"{"type":"IAMUser""#
        case .signInType: #","eventType":"AwsConsoleSignIn""#
        case .identityProvider: #","identityProvider":"#
        case .otherAccount: #"{"type":"AWSAccount","principalId":"#
        case .ec2RoleDelivery: #","ec2RoleDelivery":"#
        case .sharedEventID: #","sharedEventID":"#
        case .webIdentity: #""webIdFederationData":{"federatedProvider":"#
        case .endOfWebIdentity: #","attributes":{}},"#
        case .internalCaller: #"{"accountId":"#
        case .serviceType: #","eventType":"AwsServiceEvent""#
        case .serviceDetails: #","serviceEventDetails":"#
        }
    }
}

/// What a record repeats of its row's head, as a JSON string; marked and numbered as parts are.
enum RecordField: UInt8, CaseIterable {
    case account = 0x80
    case region, id, name, source, user, accessKeyID, time
}

extension ByteWriter {
    mutating func part(_ part: RecordPart) { bigEndian(UInt16(RecordPart.mark) << 8 | UInt16(part.rawValue)) }

    /// A JSON member whose value the row's head has too. What is too long for the head is written out.
    mutating func member(_ key: RecordPart, _ value: String, as field: RecordField) {
        part(key)
        if value.utf8.count <= UInt16.max { self.field(field) } else { json(value) }
    }

    mutating func field(_ field: RecordField) { bigEndian(UInt16(RecordPart.mark) << 8 | UInt16(field.rawValue)) }

    mutating func member(_ key: RecordPart, _ value: String) {
        part(key)
        json(value)
    }

    /// A JSON member whose value is JSON already.
    mutating func member(_ key: RecordPart, _ value: [UInt8]) {
        part(key)
        guard value.contains(RecordPart.mark) else {
            bytes(value)
            return
        }
        for byte in value {
            if byte == RecordPart.mark { self.byte(byte) }
            self.byte(byte)
        }
    }
}
