/// The small vocabulary that cases are made of, so that things often nearly match.
enum Words {
    static let own = "111122223333"
    static let other = "444455556666"
    static let third = "777788889999"

    /// What is asked: action and resource.
    static let questions: [(action: String, resource: String)] = [
        ("s3:GetObject", "arn:aws:s3:::b1/alice/x"), ("s3:GetObject", "arn:aws:s3:::b1/a*b"),
        ("s3:GetObject", "arn:aws:s3:::b1/a:b"), ("s3:GetObject", "arn:aws:s3:::b1/\u{1F600}"),
        ("s3:GetObject", "arn:aws:s3:::b1/${aws:username}"), ("s3:GetObject", "arn:aws:s3:::b1/caf\u{E9}"),
        ("s3:PutObject", "arn:aws:s3:::b1/alice/x"), ("s3:GetObjectAcl", "arn:aws:s3:::b1/alice/x"),
        ("s3:PutObjectAcl", "arn:aws:s3:::b1/bob"), ("s3:DeleteObject", "arn:aws:s3:::b1/alice/x"),
        ("s3:ListBucket", "arn:aws:s3:::b1"), ("s3:GetBucketAcl", "arn:aws:s3:::b1"),
        ("s3:ListAllMyBuckets", "*"), ("sqs:SendMessage", "arn:aws:sqs:us-east-1:111122223333:q1"),
        ("sqs:SendMessage", "arn:aws:sqs:us-east-1:111122223333:alice"),
        ("iam:PassRole", "arn:aws:iam::111122223333:role/team/app"), ("ec2:DescribeInstances", "*"),
        ("dynamodb:GetItem", "arn:aws:dynamodb:us-east-1:111122223333:table/Thread"),
        ("logs:PutLogEvents", "arn:aws:logs:us-east-1:111122223333:log-group:g:log-stream:s"),
        ("kms:Decrypt", "arn:aws:kms:us-east-1:111122223333:key/k-1"),
        ("kms:Encrypt", "arn:aws:kms:us-east-1:111122223333:key/k-1"),
        ("kms:DescribeKey", "arn:aws:kms:us-east-1:111122223333:key/k-1"),
        ("kms:RetireGrant", "arn:aws:kms:us-east-1:111122223333:key/k-1"),
        ("sts:AssumeRole", "arn:aws:iam::111122223333:role/target"),
        ("sts:TagSession", "arn:aws:iam::111122223333:role/target"),
        ("sts:AssumeRoleWithWebIdentity", "arn:aws:iam::111122223333:role/target"),
        ("sts:AssumeRoleWithSAML", "arn:aws:iam::111122223333:role/target"), ("sts:GetCallerIdentity", "*"),
    ]

    static let otherActions = [
        "s3:GetObject", "s3:*Object", "s3:List*", "ec2:*", "iam:PassRole", "kms:Describe*", "sts:assumerole",
        "sqs:Send*",
    ]
    static let otherResources = [
        "arn:aws:s3:::b2", "arn:aws:s3:::b1/*", "arn:aws:s3:::b?/*", "arn:aws:sqs:*:*:q?", "arn:aws:iam::*:role/*",
        "arn:aws:kms:us-east-1:111122223333:key/k-2", "arn:aws:ec2:us-east-1:111122223333:instance/*",
    ]
    /// With variables, for the resource part.
    static let variables = [
        "${aws:username}", "${AWS:UserName}", "${aws:username, 'alice'}", "${aws:PrincipalTag/Team}",
        "${ck:multi, 'alice'}", "${ck:absent, 'b*b'}", "${ck:absent, '*'}", "${ck:absent}", "${*}", "${?}", "${$}",
        "a${*}b", "*${aws:username}*", "${ck:s1}${ck:s2}",
    ]

    static let texts = [
        "red", "Red", "blue", "", "alice", "r*d", "r?d", "red ", "x\ny", "caf\u{E9}", "cafe\u{301}", "CAF\u{C9}",
        "stra\u{DF}e", "STRA\u{1E9E}E", "STRASSE", "\u{39F}\u{3A3}", "\u{3BF}\u{3C2}", "\u{3BF}\u{3C3}", "\u{212A}",
        "K", "k",
        "\u{17F}", "s", "\u{131}", "I", "i", "\u{130}", "\u{1F600}", "${ck:s1}", "${aws:username}", "true", "10",
        "\u{1C5}", "\u{1C6}",
        "\u{3A3}", "a\u{3A3}.", "a\u{3C3}.", "a\u{3C2}.", "a\u{3A3}b", "a\u{3C3}b", "\u{10400}", "\u{10428}",
    ]
    static let textPatterns = [
        "r*", "*", "?ed", "??", "?", "*\u{E9}", "r${*}d", "r${?}d", "[a-z]ed", "re.", "*e*", "a*e", "${$}{ck:s1}",
        "*\n*",
        "${ck:s1}", "${aws:username}", "${ck:absent, 'red'}", "${CK:Absent}", "${ck:multi}", "${ck:multi, 'red'}",
        "${aws:PrincipalTag/team}", "${ck:s2}*", "\\*",
    ]
    static let numbers = [
        "0", "-0", "1", "01", "+1", "1.0", "1.", "1e0", "10", "1e1", "1E+1", "100e-1", "-1", "-1.0", "0.1", "1e-1",
        ".1",
        "9007199254740993", "9007199254740992", "9007199254740992.5", "NaN", "Infinity", "", "ten", " 1", "1 ", "0x1",
        "1,0", "--1", "1e", "1e400", "1e401", "-1e400", "1e-400", "1_0", ".", "+",
    ]
    static let dates = [
        "2030-01-01", "2030-01-01T00:00:00Z", "2030-01-01T00:00:00", "2030-01-01T01:00:00+01:00",
        "2029-12-31T23:00:00-01:00", "2030-01-01T00:00:00.000Z", "2030-01-01T00:00:00.0009Z",
        "2030-01-01T00:00:00.001Z", "2029-12-31T23:59:59.999Z", "2029-12-31T23:59:59.9999Z", "1893456000",
        "+1893456000",
        "1893456001", "0", "1970-01-01", "1969-12-31T23:59:59Z", "2028-02-29", "2029-02-29", "2030-13-01", "later", "",
        "2030-01-01T00:00Z", "2030-01-01T00:00:00z", "2030-01-01t00:00:00Z", "2030-01-01T01:00:00+0100",
        "2030-01-01T01:00:00+01", "2030-01-01 00:00:00Z", "2030-01-01T", "2000-02-29T12:00:00Z", "1900-02-29",
    ]
    static let booleans = ["true", "false", "TRUE", "True", "False", "yes", "1", "0", "", " true ", "no"]
    static let binaries = [
        "YQ==", "YWI=", "YWJj", "YQ", "YR==", "YWI", "", "====", "yq==", "Y Q==", "+/+/", "-_-_", "no-binary",
    ]
    static let addresses = [
        "203.0.113.1", "203.0.113.7", "203.0.114.1", "10.0.0.1", "010.000.0.01", "0.0.0.0", "255.255.255.255",
        "2001:db8::1", "2001:DB8:0:0:0:0:0:1", "2001:db9::1", "::", "::1", "::ffff:203.0.113.1", "::ffff:cb00:7101",
        "192.0.2.1/32", "203.0.113", "203.0.113.256", "nope", "", "203.0.113.1 ", "1::2::3", "2001:db8::1%eth0",
        "12345::1", "::203.0.113.1", "2001:db8:1:2:3:4:5:6:7", "2001:db8:1:2:3:4:5::", "+1.2.3.4",
    ]
    static let networks = [
        "203.0.113.0/24", "203.0.113.77/24", "203.0.113.1", "203.0.113.1/32", "0.0.0.0/0", "10.0.0.0/8", "10.0.0.0/+8",
        "10.0.0.0/08", "010.0.0.1", "2001:db8::/32", "2001:db8::5/32", "2001:db8::1", "2001:DB8::1/128", "::/0",
        "::1/+128",
        "::ffff:203.0.113.0/120", "::ffff:203.0.113.1", "203.0.113.0/33", "203.0.113.0/-1", "203.0.113.0/", "nope", "",
        "2001:db8::/129", "203.0.113/24", "*",
    ]
    static let arns = [
        "arn:aws:iam::111122223333:user/alice", "arn:aws:iam::444455556666:user/alice",
        "arn:aws:iam::111122223333:role/app",
        "arn:aws:s3:::b1", "arn:aws:sns:us-east-1:111122223333:t", "arn:aws:sns:us-east-1:111122223333:t:1",
        "arn:aws:s3:::b1/*", "arn:aws:s3:::b1/\u{1F600}", "not-an-arn", "", "arn:aws:s3", "ARN:aws:s3:::b1",
        "x:y:z:1:2:3",
    ]
    static let arnPatterns = [
        "arn:aws:iam::111122223333:user/*", "arn:aws:iam::*:user/alice", "arn:*:s3:::b?", "arn:aws:s3:::*",
        "arn:aws:sns:*:111122223333:t*", "arn:aws:sns:*:t", "arn:aws:*:*:*:*", "arn:aws:s3:::${ck:s1}",
        "${aws:SourceArn}",
        "${aws:PrincipalArn}", "${ck:s1}", "${ck:absent}", "arn:aws:s3:::${ck:absent, 'b1'}", "arn:aws:s3:::b1/${*}",
        "*",
        "not-an-arn", "arn:aws:iam::*", "arn:aws:s3:::b1/??", "arn:aws:s3:::b1/?", "?:y:z:1:2:3", "*:*:*:*:*:*",
        "ARN:aws:s3:::*",
    ]
}
