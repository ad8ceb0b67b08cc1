import Authorization
import PolicyGeneration
import Testing

struct GenerationTests {
    @Test func actionsOnTheSameResourcesShareAStatement() throws {
        // The document is readable: grouped, sorted, named, the same whatever the order of the uses.
        let uses = [
            use("s3:putobject", "arn:aws:s3:::reports/a.csv"), use("s3:GetObject", "arn:aws:s3:::reports/a.csv"),
            use("s3:ListBucket", "arn:aws:s3:::reports"), use("iam:ListUsers", "arn:aws:iam::111122223333:user/"),
            use("sts:GetCallerIdentity"), use("s3:ListAllMyBuckets"),
        ]
        let generated = try PolicyGenerator.generate(uses)
        #expect(generated.documents.count == 1)
        #expect(
            generated.documents.first?.text == """
                {
                  "Version": "2012-10-17",
                  "Statement": [
                    {
                      "Sid": "IAMList",
                      "Effect": "Allow",
                      "Action": "iam:ListUsers",
                      "Resource": "*"
                    },
                    {
                      "Sid": "S3List",
                      "Effect": "Allow",
                      "Action": "s3:ListAllMyBuckets",
                      "Resource": "*"
                    },
                    {
                      "Sid": "S3ListBucket",
                      "Effect": "Allow",
                      "Action": "s3:ListBucket",
                      "Resource": "arn:aws:s3:::reports"
                    },
                    {
                      "Sid": "S3WriteObject",
                      "Effect": "Allow",
                      "Action": [
                        "s3:GetObject",
                        "s3:PutObject"
                      ],
                      "Resource": "arn:aws:s3:::reports/a.csv"
                    }
                  ]
                }
                """)
        #expect(
            try PolicyGenerator.generate(uses.reversed()).documents.map(\.compact) == generated.documents.map(\.compact)
        )
        #expect(generated.actionsOnAll == ["iam:ListUsers", "s3:ListAllMyBuckets"])
        #expect(!isAllowed(generated, "s3:DeleteObject", "arn:aws:s3:::reports/a.csv"))
        #expect(!isAllowed(generated, "s3:GetObject", "arn:aws:s3:::reports/b.csv"))
    }

    @Test func wildcardsInNamesAreCharacters() throws {
        // A pattern made of a name with wildcards or what looks like a variable matches that name and no other.
        for name in ["a*b", "a?b", "${aws:username}", "*", "$", "${", "$${*}", "a${*}b", "$*"] {
            let arn = "arn:aws:s3:::bucket/\(name)"
            let generated = try PolicyGenerator.generate([use("s3:GetObject", arn)])
            #expect(isAllowed(generated, "s3:GetObject", arn), "\(name)")
            for other in ["axb", "a", "alice", "x", "$x", "axxb"] {
                let context = ["aws:username": "alice"]
                #expect(
                    !isAllowed(generated, "s3:GetObject", "arn:aws:s3:::bucket/\(other)", context), "\(name) \(other)")
            }
        }
    }

    @Test func namesThatUnicodeCallsEquivalentAreTwo() throws {
        // Two keys whose letters are composed differently are two objects; neither is forgotten.
        let arns = ["arn:aws:s3:::b/caf\u{E9}", "arn:aws:s3:::b/cafe\u{301}", "arn:aws:s3:::b/\u{301}x"]
        let generated = try PolicyGenerator.generate(arns.map { use("s3:GetObject", $0) })
        for arn in arns { #expect(isAllowed(generated, "s3:GetObject", arn)) }
    }

    @Test func manyObjectsOfAFolderBecomeThatFolder() throws {
        // Generalised: as narrow as what was used allows, told in the report, and only where asked for.
        let logs = (1...20).map { use("s3:GetObject", "arn:aws:s3:::data/logs/2026/\($0).gz") }
        let uses = logs + [use("s3:GetObject", "arn:aws:s3:::data/readme")]
        let grouped = try PolicyGenerator.generate(uses)
        #expect(grouped.allResources == ["arn:aws:s3:::data/logs/2026/*", "arn:aws:s3:::data/readme"])
        #expect(grouped.generalisations.map(\.pattern) == ["arn:aws:s3:::data/logs/2026/*"])
        #expect(grouped.generalisations.first?.count == 20)
        #expect(!isAllowed(grouped, "s3:GetObject", "arn:aws:s3:::data/logs/2025/1.gz"))
        let exact = try PolicyGenerator.generate(uses, GenerationOptions(resources: .exact))
        #expect(exact.allResources.count == 21 && exact.generalisations.isEmpty)
        #expect(!isAllowed(exact, "s3:GetObject", "arn:aws:s3:::data/logs/2026/99.gz"))
    }

    @Test func noPatternReachesIntoAnotherBucketOrAccount() throws {
        // Buckets have no account in their ARN: many of them stay many. Other names stay in account and Region.
        let buckets = (1...20).map { use("s3:ListBucket", "arn:aws:s3:::bucket-\($0)") }
        #expect(try PolicyGenerator.generate(buckets).allResources.count == 20)
        let objects = (1...20).map { use("s3:GetObject", "arn:aws:s3:::bucket-\($0)/key") }
        #expect(try PolicyGenerator.generate(objects).allResources.count == 20)
        let functions = ["111122223333", "444455556666"].flatMap { account in
            (1...20).map { use("lambda:InvokeFunction", "arn:aws:lambda:eu-west-1:\(account):function:job-\($0)") }
        }
        #expect(
            try PolicyGenerator.generate(functions).allResources == [
                "arn:aws:lambda:eu-west-1:111122223333:function:job-*",
                "arn:aws:lambda:eu-west-1:444455556666:function:job-*",
            ])
    }

    @Test func longPoliciesAreParted() throws {
        // No document is longer than a managed policy may be, and together they allow everything.
        let uses = (0..<150).map { use("s3:GetObject", "arn:aws:s3:::bucket-with-a-long-name-\($0)/some/key/of/it") }
        let generated = try PolicyGenerator.generate(uses)
        #expect(generated.documents.count > 1 && generated.documents.count <= 3)
        for document in generated.documents {
            let text = String(decoding: document.compact, as: UTF8.self)
            #expect(PolicyQuota.countWithoutWhitespace(document.text) <= PolicyQuota.managed)
            #expect(PolicyQuota.count(text) <= PolicyQuota.managed)
        }
        let judge = Judge(generated)
        for use in uses { #expect(judge.allows(use.action, use.resource.description)) }
        let sids = generated.documents.flatMap(\.statements).map(\.sid)
        #expect(Set(sids).count == sids.count)
    }

    @Test func whatFitsNowhereIsAnError() {
        // A policy that cannot be stored is never returned.
        let key = String(repeating: "k", count: 7000)
        #expect(throws: GenerationError.self) {
            try PolicyGenerator.generate([use("s3:GetObject", "arn:aws:s3:::b/" + key)])
        }
        #expect(throws: GenerationError.self) { try PolicyGenerator.generate([use("s3:GetObject", "no ARN")]) }
    }

    @Test func nothingUsedGivesNothing() throws {
        #expect(try PolicyGenerator.generate([]).documents.isEmpty)
        #expect(try PolicyGenerator.generate([use("sts:GetCallerIdentity")]).documents.isEmpty)
    }

    @Test func anActionAskedAboutNoResourceIsAllowedOnNone() throws {
        // A question about `*` is answered by `*` alone, whatever else was used.
        let generated = try PolicyGenerator.generate([
            use("kms:Decrypt"), use("kms:Decrypt", "arn:aws:kms:us-east-1:1:key/a"),
        ])
        #expect(generated.allResources == ["*"])
    }

    @Test func ofAnUnnamedResourceThePatternIsAllowed() throws {
        let pattern = "arn:aws:ec2:eu-west-1:111122223333:instance/*"
        let generated = try PolicyGenerator.generate([
            Use("ec2:StopInstances", on: .oneOf(pattern), first: someTime),
            use("ec2:StopInstances", "arn:aws:ec2:eu-west-1:111122223333:instance/i-1"),
        ])
        #expect(generated.allResources == [pattern] && generated.actionsOnUnnamed == ["ec2:StopInstances"])
    }
}
