public import Door
import IAMAPI

extension IAMService {
    /// What tells of the account as a whole, and credentials beside passwords, access keys and second factors.
    static func records(_ naming: Naming, _ secrets: KeySecrets) -> [AnyOperation] {
        [.query(GetAccountAuthorizationDetails())] + sshKeys(naming) + certificates(naming, secrets)
            + serviceCredentials(naming) + reports() + organizations()
    }

    /// When rights were last used, from the journal.
    public static func lastAccessed(_ jobs: AccessJobs) -> [AnyOperation] {
        [
            .prepared(GenerateServiceLastAccessedDetails(jobs: jobs)), .query(GetServiceLastAccessedDetails()),
            .query(GetServiceLastAccessedDetailsWithEntities()), .query(ListPoliciesGrantingServiceAccess()),
        ]
    }

    private static func reports() -> [AnyOperation] {
        [.change(GenerateCredentialReport()), .query(GetCredentialReport())]
    }

    private static func organizations() -> [AnyOperation] {
        [
            .query(EnableOrganizationsRootCredentialsManagement()),
            .query(DisableOrganizationsRootCredentialsManagement()), .query(EnableOrganizationsRootSessions()),
            .query(DisableOrganizationsRootSessions()), .query(ListOrganizationsFeatures()),
            .query(GenerateOrganizationsAccessReport()), .query(GetOrganizationsAccessReport()),
        ]
    }

    private static func sshKeys(_ naming: Naming) -> [AnyOperation] {
        [
            .change(UploadSSHPublicKey(naming: naming)), .query(GetSSHPublicKey()), .query(ListSSHPublicKeys()),
            .change(UpdateSSHPublicKey()), .change(DeleteSSHPublicKey()),
        ]
    }

    private static func certificates(_ naming: Naming, _ secrets: KeySecrets) -> [AnyOperation] {
        [
            .change(UploadSigningCertificate()), .query(ListSigningCertificates()),
            .change(UpdateSigningCertificate()), .change(DeleteSigningCertificate()),
            .prepared(UploadServerCertificate(naming: naming, secrets: secrets)), .query(GetServerCertificate()),
            .query(ListServerCertificates()), .change(UpdateServerCertificate()), .change(DeleteServerCertificate()),
            .change(TagServerCertificate()), .change(UntagServerCertificate()), .query(ListServerCertificateTags()),
        ]
    }

    private static func serviceCredentials(_ naming: Naming) -> [AnyOperation] {
        [
            .change(CreateServiceSpecificCredential(naming: naming)), .query(ListServiceSpecificCredentials()),
            .change(UpdateServiceSpecificCredential()), .change(ResetServiceSpecificCredential()),
            .change(DeleteServiceSpecificCredential()),
        ]
    }
}
