import Authorization
import Testing

/// Defends: what S3 calls public, key by key and operator by operator.
/// - Source: S3 User Guide, "Blocking public access to your Amazon S3 storage", "The meaning of public".
@Suite struct PublicPolicyTests {
    private func isPublic(_ principal: String, _ condition: String? = nil, effect: String = "Allow") -> Bool {
        let more = condition.map { #","Condition":{\#($0)}"# } ?? ""
        let text =
            #"{"Version":"2012-10-17","Statement":[{"Effect":"\#(effect)",\#(principal),"Action":"s3:*","Resource":"*"\#(more)}]}"#
        let policy = CompiledPolicy(stored: Array(text.utf8), as: .resource(service: "s3"))
        #expect(!policy.isBroken, "\(text)")
        return PublicAccess.isPublic(policy)
    }

    private static let everyone = #""Principal":"*""#

    /// A fixed value, and one that is not.
    private static let keys: [(name: String, fixed: String, wild: String)] = [
        ("aws:SourceArn", "arn:aws:sns:us-east-1:111122223333:topic", "arn:aws:sns:*:111122223333:topic"),
        ("aws:SourceVpc", "vpc-91237329", "vpc-*"), ("aws:SourceVpce", "vpce-1a2b3c4d", "vpce-1a2b3c4?"),
        ("aws:SourceOwner", "111122223333", "*"), ("aws:SourceAccount", "111122223333", "1111*"),
        ("aws:PrincipalOrgID", "o-a1b2c3d4e5", "o-*"), ("aws:userid", "AIDAEXAMPLE", "AROAEXAMPLE:*"),
        (
            "s3:x-amz-server-side-encryption-aws-kms-key-id", "arn:aws:kms:us-east-1:111122223333:key/k",
            "arn:aws:kms:us-east-1:111122223333:key/*"
        ),
        ("s3:DataAccessPointAccount", "111122223333", "?11122223333"),
        (
            "s3:DataAccessPointArn", "arn:aws:s3:us-west-2:111122223333:accesspoint/a",
            "arn:aws:s3:us-west-2:*:accesspoint/a"
        ),
    ]

    @Test func principals() {
        for (principal, expected) in [
            (#""Principal":"*""#, true), (#""Principal":{"AWS":"*"}"#, true),
            (#""Principal":{"AWS":["111122223333","*"]}"#, true), (#""Principal":{"AWS":"111122223333"}"#, false),
            (#""Principal":{"AWS":"arn:aws:iam::111122223333:user/a"}"#, false),
            (#""Principal":{"Service":"cloudtrail.amazonaws.com"}"#, false),
            (#""Principal":{"Federated":"graph.facebook.com"}"#, true),
            (#""Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/id.example.com"}"#, true),
            (#""Principal":{"Federated":"arn:aws:iam::111122223333:saml-provider/corp"}"#, false),
            (#""Principal":{"Service":"s3.amazonaws.com","AWS":"*"}"#, true),
            (#""NotPrincipal":{"AWS":"111122223333"}"#, true),
        ] {
            #expect(isPublic(principal) == expected, "\(principal)")
            #expect(!isPublic(principal, effect: "Deny"))
        }
    }

    @Test func fixedValuesPin() {
        // With any operator that holds the key to a value; not with one that lets it be absent or other.
        for (name, fixed, wild) in PublicPolicyTests.keys {
            func judge(_ operation: String, _ values: String, _ name: String = name) -> Bool {
                isPublic(PublicPolicyTests.everyone, #""\#(operation)":{"\#(name)":\#(values)}"#)
            }
            for pins in ["StringEquals", "StringLike", "StringEqualsIgnoreCase", "ForAnyValue:StringEquals"] {
                #expect(!judge(pins, #""\#(fixed)""#), "\(pins) \(name)")
                #expect(!judge(pins, #"["\#(fixed)","\#(fixed)2"]"#), "\(pins) \(name)")
                #expect(!judge(pins, #""\#(fixed)""#, name.uppercased()), "\(pins) \(name)")
                #expect(judge(pins, #"["\#(fixed)","\#(wild)"]"#), "\(pins) \(name)")
                #expect(judge(pins, #""\#(wild)""#), "\(pins) \(name)")
                #expect(judge(pins, #""${aws:PrincipalTag/x}""#), "\(pins) \(name)")
            }
            for loose in [
                "StringNotEquals", "StringNotLike", "StringEqualsIfExists", "StringLikeIfExists",
                "ForAllValues:StringEquals", "ForAllValues:StringLike", "StringNotEqualsIgnoreCase",
            ] {
                #expect(judge(loose, #""\#(fixed)""#), "\(loose) \(name)")
            }
            #expect(judge("Null", #""false""#), "\(name)")
        }
        for name in ["aws:SourceArn", "s3:DataAccessPointArn"] {
            let arn = "arn:aws:s3:us-west-2:111122223333:accesspoint/a"
            for operation in ["ArnEquals", "ArnLike"] {
                #expect(!isPublic(PublicPolicyTests.everyone, #""\#(operation)":{"\#(name)":"\#(arn)"}"#))
                #expect(isPublic(PublicPolicyTests.everyone, #""\#(operation)IfExists":{"\#(name)":"\#(arn)"}"#))
            }
            #expect(isPublic(PublicPolicyTests.everyone, #""ArnNotEquals":{"\#(name)":"\#(arn)"}"#))
        }
    }

    @Test func accessPointsMayBeAnyOfAnAccount() {
        // A wildcard for the name, and nothing else; the account is fixed then.
        for (value, expected) in [
            ("arn:aws:s3:us-west-2:111122223333:accesspoint/*", false),
            ("arn:aws:s3:us-west-2:111122223333:accesspoint/a*", true),
            ("arn:aws:s3:*:111122223333:accesspoint/*", true),
            ("arn:aws:s3:us-west-2:*:accesspoint/*", true), ("*", true),
        ] {
            for operation in ["ArnLike", "StringLike"] {
                let condition = #""\#(operation)":{"s3:DataAccessPointArn":"\#(value)"}"#
                #expect(isPublic(PublicPolicyTests.everyone, condition) == expected, "\(condition)")
            }
        }
    }

    @Test func addressesPinWhereTheyAreFewEnough() {
        for (values, expected) in [
            (#""203.0.113.7""#, false), (#""203.0.113.0/24""#, false), (#""11.0.0.0/8""#, false),
            (#""10.0.0.0/8""#, false),
            (#""10.0.0.0/7""#, true), (#""0.0.0.0/0""#, true), (#""0.0.0.0/1""#, true), (#""172.16.0.0/12""#, false),
            (#""192.168.0.0/16""#, false), (#"["10.0.0.0/8","128.0.0.0/1"]"#, true), (#""2001:db8::/32""#, false),
            (#""2001:db8::/31""#, true), (#""::/0""#, true), (#""2001:db8::1""#, false),
            (#"["203.0.113.0/24","2001:db8::/48"]"#, false),
        ] {
            func judge(_ operation: String, _ key: String = "aws:SourceIp") -> Bool {
                isPublic(PublicPolicyTests.everyone, #""\#(operation)":{"\#(key)":\#(values)}"#)
            }
            #expect(judge("IpAddress") == expected, "\(values)")
            for loose in ["NotIpAddress", "IpAddressIfExists", "ForAllValues:IpAddress", "StringEquals"] {
                #expect(judge(loose), "\(loose) \(values)")
            }
            #expect(judge("IpAddress", "aws:VpcSourceIp"))
        }
    }

    @Test func otherKeysPinNothing() {
        for (name, value) in [
            ("aws:Referer", "https://example.com/"), ("aws:UserAgent", "agent"), ("aws:PrincipalType", "User"),
            ("aws:PrincipalTag/team", "blue"), ("s3:prefix", "home/"), ("aws:RequestedRegion", "us-east-1"),
            ("s3:x-amz-acl", "private"), ("s3:ExistingObjectTag/public", "no"),
        ] {
            #expect(isPublic(PublicPolicyTests.everyone, #""StringEquals":{"\#(name)":"\#(value)"}"#), "\(name)")
        }
        #expect(isPublic(PublicPolicyTests.everyone, #""Bool":{"aws:SecureTransport":"true"}"#))
        #expect(isPublic(PublicPolicyTests.everyone, #""DateLessThan":{"aws:CurrentTime":"2030-01-01T00:00:00Z"}"#))
        // One that pins is enough, whatever stands beside it.
        let both = #""StringLike":{"aws:Referer":"*"},"StringEquals":{"aws:SourceVpc":"vpc-1"}"#
        #expect(!isPublic(PublicPolicyTests.everyone, both))
    }

    @Test func oneStatementMakesAPolicyPublic() {
        func policy(_ principals: String...) -> CompiledPolicy {
            let statements = principals.map {
                #"{"Effect":"Allow","Principal":\#($0),"Action":"s3:GetObject","Resource":"*"}"#
            }
            let text = #"{"Version":"2012-10-17","Statement":[\#(statements.joined(separator: ","))]}"#
            return CompiledPolicy(stored: Array(text.utf8), as: .resource(service: "s3"))
        }
        let (service, account) = (#"{"Service":"cloudtrail.amazonaws.com"}"#, #"{"AWS":"444455556666"}"#)
        #expect(!PublicAccess.isPublic(policy(service, account)))
        #expect(PublicAccess.isPublic(policy(service, account, #""*""#)))
    }
}
