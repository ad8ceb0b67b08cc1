import IAMAPI

extension OperationCase {
    private static let alice = Stage.iam + "user/staff/alice"
    private static let web = Stage.iam + "server-certificate/staff/web"

    private static func onAlice(
        _ name: String, _ input: Input, keys: [String: String] = [:], _ refusals: [Refused], pagesBy: String? = nil
    ) -> OperationCase {
        OperationCase(
            service: IAM.service, name: name, input: input.merging(["UserName": "alice"]) { first, _ in first },
            asks: [Asked("iam:" + name, input["UserName"] == nil ? alice : Stage.iam + "user/bare")], keys: keys,
            isTagged: true, refusals: [.missing("UserName")] + refusals, pagesBy: pagesBy)
    }

    static let sshKeys: [OperationCase] = {
        let unknown = Refused("NoSuchEntity", ["SSHPublicKeyId": "APKAAAAAAAAAAAAAAAAAA"])
        func body(_ code: String, _ text: String) -> Refused { Refused(code, ["SSHPublicKeyBody": .text(text)]) }
        let ssh = Fixture.text("ssh3.pub")
        return [
            onAlice(
                "UploadSSHPublicKey", ["SSHPublicKeyBody": .text(ssh)],
                [
                    body("UnrecognizedPublicKeyEncoding", "my key"), body("InvalidPublicKey", "ssh-rsa AAAA"),
                    body("InvalidPublicKey", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGJhZA=="),
                    body("InvalidPublicKey", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"),
                    body("InvalidPublicKey", Fixture.text("weak.pub")),
                    body("InvalidPublicKey", String(ssh.dropLast(40))),
                    body("DuplicateSSHPublicKey", Fixture.text("ssh1.pub")),
                    body("DuplicateSSHPublicKey", Fixture.text("ssh1.pub.pem")),
                    Refused(
                        "LimitExceeded", ["SSHPublicKeyBody": Fixture.value("ssh6.pub")],
                        after: ["ssh3.pub", "ssh4.pub", "ssh5.pub"].map {
                            ("UploadSSHPublicKey", ["UserName": "alice", "SSHPublicKeyBody": Fixture.value($0)])
                        }),
                ]),
            onAlice(
                "GetSSHPublicKey", ["SSHPublicKeyId": "{sshKey}", "Encoding": "SSH"],
                [
                    unknown, Refused("ValidationError", ["Encoding": "DER"]),
                    Refused("NoSuchEntity", ["UserName": "bob"]),
                ]),
            onAlice("ListSSHPublicKeys", [:], [.badMarker, .noItems], pagesBy: "SSHPublicKeyId"),
            onAlice(
                "UpdateSSHPublicKey", ["SSHPublicKeyId": "{sshKey}", "Status": "Inactive"],
                [unknown, Refused("InvalidInput", ["Status": "Expired"]), Refused("ValidationError", ["Status": "No"])]),
            onAlice("DeleteSSHPublicKey", ["SSHPublicKeyId": "{sshKey}"], [unknown]),
        ]
    }()

    static let signingCertificates: [OperationCase] = {
        let unknown = Refused("NoSuchEntity", ["CertificateId": "AAAAAAAAAAAAAAAAAAAAAAAA"])
        func body(_ code: String, _ text: String) -> Refused { Refused(code, ["CertificateBody": .text(text)]) }
        let server = Fixture.text("server.pem")
        return [
            onAlice(
                "UploadSigningCertificate", ["CertificateBody": .text(server), "UserName": "bare"],
                [
                    body("MalformedCertificate", "mine"), body("MalformedCertificate", server + Fixture.text("ca.pem")),
                    body("MalformedCertificate", Fixture.text("expired.pem")),
                    body("MalformedCertificate", Fixture.text("later.pem")),
                    body("MalformedCertificate", server.replacing("A", with: "B")),
                    body("DuplicateCertificate", Fixture.text("lone.pem")),
                    Refused("LimitExceeded", ["UserName": "alice"]),
                ]),
            onAlice("ListSigningCertificates", [:], [.badMarker, .noItems], pagesBy: "CertificateId"),
            onAlice(
                "UpdateSigningCertificate", ["CertificateId": "{certificate}", "Status": "Inactive"],
                [unknown, Refused("InvalidInput", ["Status": "Expired"]), Refused("NoSuchEntity", ["UserName": "bob"])]),
            onAlice("DeleteSigningCertificate", ["CertificateId": "{certificate}"], [unknown]),
        ]
    }()

    private static func onWeb(
        _ name: String, _ input: Input = [:], keys: [String: String] = [:], _ refusals: [Refused],
        pagesBy: String? = nil
    ) -> OperationCase {
        OperationCase(
            service: IAM.service, name: name, input: input.merging(["ServerCertificateName": "web"]) { $1 },
            asks: [Asked("iam:" + name, web)], keys: keys, isTagged: true,
            refusals: [.missing("ServerCertificateName"), .invalid("ServerCertificateName")] + refusals,
            pagesBy: pagesBy)
    }

    static let serverCertificates: [OperationCase] = {
        let arn = Stage.iam + "server-certificate/staff/new"
        let (server, key, ca) = (
            Fixture.text("server.pem"), Fixture.value("server.key.pem"), Fixture.text("ca.pem")
        )
        func body(_ file: String) -> Refused {
            Refused("MalformedCertificate", ["CertificateBody": Fixture.value(file)])
        }
        func chain(_ text: String) -> Refused { Refused("MalformedCertificate", ["CertificateChain": .text(text)]) }
        let upload: Input = [
            "ServerCertificateName": "new", "Path": "/staff/", "CertificateBody": .text(server), "PrivateKey": key,
            "CertificateChain": .text(ca), "Tags": tags(["team": "blue"]),
        ]
        let plain: Input = ["CertificateBody": .text(server), "PrivateKey": key]
        return [
            OperationCase(
                service: IAM.service, name: "UploadServerCertificate", input: upload,
                asks: [Asked("iam:UploadServerCertificate", arn), Asked("iam:TagServerCertificate", arn)],
                keys: ["aws:RequestTag/team": "blue", "aws:TagKeys": "team"],
                refusals: [
                    Refused("EntityAlreadyExists", ["ServerCertificateName": "WEB"]), body("ssh1.pub"),
                    body("expired.pem"), body("later.pem"),
                    Refused("KeyPairMismatch", ["PrivateKey": Fixture.value("lone.key.pem")]),
                    Refused("MalformedCertificate", ["PrivateKey": Fixture.value("server.encrypted.key.pem")]),
                    Refused("MalformedCertificate", ["PrivateKey": "mine"]), chain("above"), chain(server),
                    chain(ca + Fixture.text("lone.pem")), .invalid("ServerCertificateName"), .sameTags,
                    .reservedTag, Refused("ValidationError", ["Path": "staff"]),
                    Refused(
                        "LimitExceeded", [:],
                        after: (1...18).map { number in
                            (
                                "UploadServerCertificate",
                                plain.merging(["ServerCertificateName": .text("c\(number)")]) { $1 }
                            )
                        }),
                ]),
            onWeb("GetServerCertificate", [:], []),
            OperationCase(
                service: IAM.service, name: "ListServerCertificates", input: [:],
                asks: [Asked("iam:ListServerCertificates", Stage.iam + "server-certificate/")],
                refusals: [.badMarker, .noItems], pagesBy: "ServerCertificateId"),
            OperationCase(
                service: IAM.service, name: "UpdateServerCertificate",
                input: ["ServerCertificateName": "web", "NewServerCertificateName": "site", "NewPath": "/x/"],
                asks: [
                    Asked("iam:UpdateServerCertificate", web),
                    Asked("iam:UpdateServerCertificate", Stage.iam + "server-certificate/x/site"),
                ], isTagged: true,
                refusals: [
                    .missing("ServerCertificateName"),
                    Refused("EntityAlreadyExists", ["NewServerCertificateName": "Mail"]),
                ]),
            onWeb("DeleteServerCertificate", [:], []),
            onWeb(
                "TagServerCertificate", ["Tags": tags(["cost": "1"])],
                keys: ["aws:RequestTag/cost": "1", "aws:TagKeys": "cost"], [.sameTags, .reservedTag, .manyTags]),
            onWeb("UntagServerCertificate", ["TagKeys": ["team"]], keys: ["aws:TagKeys": "team"], []),
            onWeb("ListServerCertificateTags", [:], [.badMarker, .noItems], pagesBy: "Key"),
        ]
    }()

    static let serviceCredentials: [OperationCase] = {
        let unknown = Refused("NoSuchEntity", ["ServiceSpecificCredentialId": "ACCAAAAAAAAAAAAAAAAAA"])
        let service = ["iam:ServiceSpecificCredentialServiceName": "bedrock.amazonaws.com"]
        let foreign = Refused("ValidationError", ["UserName": "bob"])
        return [
            onAlice(
                "CreateServiceSpecificCredential",
                ["ServiceName": "bedrock.amazonaws.com", "CredentialAgeDays": 30],
                keys: service.merging(["iam:ServiceSpecificCredentialAgeDays": "30"]) { $1 },
                [
                    Refused("NoSuchEntity", ["ServiceName": "s3.amazonaws.com"]),
                    Refused("ValidationError", ["ServiceName": "bed rock"]),
                    Refused("ValidationError", ["CredentialAgeDays": 36_601]),
                    Refused(
                        "LimitExceeded",
                        after: [
                            (
                                "CreateServiceSpecificCredential",
                                ["UserName": "alice", "ServiceName": "bedrock.amazonaws.com"]
                            )
                        ]),
                ]),
            onAlice(
                "ListServiceSpecificCredentials", [:],
                [
                    .badMarker, .noItems, Refused("NoSuchEntity", ["ServiceName": "s3.amazonaws.com"]),
                    Refused("InvalidInput", ["AllUsers": true, "ServiceName": "bedrock.amazonaws.com"]),
                ], pagesBy: "ServiceSpecificCredentialId"),
            onAlice(
                "UpdateServiceSpecificCredential",
                ["ServiceSpecificCredentialId": "{credential}", "Status": "Inactive"], keys: service,
                [unknown, foreign, Refused("InvalidInput", ["Status": "Expired"])]),
            onAlice(
                "ResetServiceSpecificCredential", ["ServiceSpecificCredentialId": "{credential}"], keys: service,
                [unknown, foreign]),
            onAlice(
                "DeleteServiceSpecificCredential", ["ServiceSpecificCredentialId": "{credential}"], keys: service,
                [unknown, foreign]),
        ]
    }()
}
