import Authorization
import PolicyGeneration
import Testing

struct ConditionTests {
    private let bucket = "arn:aws:s3:::reports"

    private func suggested(_ uses: [Use]) throws -> [String] {
        try PolicyGenerator.generate(uses).suggestions.map {
            "\($0.condition.operatorName) \($0.condition.key) \($0.condition.values.joined(separator: ","))"
        }
    }

    @Test func onlyWhatEveryUseHadIsSuggested() throws {
        // A condition on a key that one use lacked, or had otherwise, would have refused that use.
        let base = ["aws:SourceIp": "203.0.113.7", "aws:SecureTransport": "true", "aws:RequestedRegion": "eu-west-1"]
        let one = use("s3:ListBucket", bucket, base)
        #expect(
            try suggested([one]) == [
                "StringEquals aws:RequestedRegion eu-west-1", "Bool aws:SecureTransport true",
                "IpAddress aws:SourceIp 203.0.113.7/32",
            ])
        let plain = use("s3:ListBucket", bucket, ["aws:SourceIp": "203.0.113.9", "aws:SecureTransport": "false"])
        #expect(try suggested([one, plain]) == ["IpAddress aws:SourceIp 203.0.113.7/32,203.0.113.9/32"])
        #expect(try suggested([one, plain, use("s3:ListBucket", bucket)]).isEmpty)
    }

    @Test func conditionsAreAppliedOnRequestOnly() throws {
        let context = ["aws:MultiFactorAuthPresent": "true", "s3:prefix": "home/alice/"]
        let uses = [use("s3:ListBucket", bucket, context)]
        #expect(try PolicyGenerator.generate(uses).allConditions.isEmpty)
        let generated = try PolicyGenerator.generate(uses, GenerationOptions(conditions: .suggested))
        #expect(generated.allConditions.map(\.key) == ["aws:MultiFactorAuthPresent", "s3:prefix"])
        #expect(isAllowed(generated, "s3:ListBucket", bucket, context))
        #expect(
            !isAllowed(
                generated, "s3:ListBucket", bucket, ["aws:MultiFactorAuthPresent": "true", "s3:prefix": "home/bob/"]))
        #expect(!isAllowed(generated, "s3:ListBucket", bucket, ["s3:prefix": "home/alice/"]))
    }

    @Test func manyPrefixesBecomePatterns() throws {
        let uses = (1...20).map { use("s3:ListBucket", bucket, ["s3:prefix": "logs/\($0)/"]) }
        #expect(try suggested(uses) == ["StringLike s3:prefix logs/*"])
    }

    @Test func wildcardsInValuesAreCharacters() throws {
        // A prefix that looks like a pattern or a variable is compared as text.
        for prefix in ["a*", "${aws:username}", "$${", "?"] {
            let context = ["s3:prefix": prefix, "aws:username": "alice"]
            let generated = try PolicyGenerator.generate(
                [use("s3:ListBucket", bucket, context)], GenerationOptions(conditions: .suggested))
            #expect(isAllowed(generated, "s3:ListBucket", bucket, context))
            for other in ["ab", "alice", "x"] {
                #expect(!isAllowed(generated, "s3:ListBucket", bucket, ["s3:prefix": other, "aws:username": "alice"]))
            }
        }
    }

    @Test func globalServicesGetNoRegion() throws {
        let context = ["aws:RequestedRegion": "us-east-1"]
        #expect(try suggested([use("iam:GetUser", "arn:aws:iam::111122223333:user/a", context)]).isEmpty)
        #expect(try suggested([use("s3:ListAllMyBuckets", "*", context)]).isEmpty)
    }

    @Test func howARequestWasSignedIsNoReason() throws {
        let context = ["s3:authType": "REST-HEADER", "s3:signatureAge": "12", "s3:TlsVersion": "1.3"]
        #expect(try suggested([use("s3:GetObject", bucket + "/k", context)]).isEmpty)
    }

    @Test func addressesBecomeNarrowNetworks() throws {
        func networks(_ addresses: [String]) throws -> [String] {
            try PolicyGenerator.generate(addresses.map { use("s3:ListBucket", bucket, ["aws:SourceIp": $0]) })
                .suggestions.first { $0.condition.key == "aws:SourceIp" }?.condition.values ?? []
        }
        #expect(try networks(["2001:db8:1:2::7", "2001:db8:1:2:3:4:5:6"]) == ["2001:db8:1:2::/64"])
        #expect(try networks(["::1"]) == ["0:0:0:0::/64"])
        #expect(try networks((1...20).map { "198.51.100.\($0)" }) == ["198.51.100.0/24"])
        #expect(try networks((1...20).map { "10.0.\($0).1" }).isEmpty)
        #expect(try networks(["cloudformation.amazonaws.com"]).isEmpty)
        let uses = ["::1", "::ffff:192.0.2.1", "192.0.2.200", "fe80::1"].map {
            use("s3:ListBucket", bucket, ["aws:SourceIp": $0])
        }
        let applied = try PolicyGenerator.generate(uses, GenerationOptions(conditions: .suggested))
        #expect(applied.allConditions.first?.values.count == 4)
        #expect(!isAllowed(applied, "s3:ListBucket", bucket, ["aws:SourceIp": "192.0.2.201"]))
    }
}
