//! The log-in: OPAQUE with the groups and hashes of [`LoginSuite`], and the OPRF below it.

use crate::{
    Outcome,
    data::{Case, Replay, parse},
    same,
};
use beistand_protocol::login::LoginSuite;
use opaque_ke::{
    CipherSuite, ClientLogin, ClientLoginFinishParameters, ClientRegistration,
    ClientRegistrationFinishParameters, CredentialFinalization, CredentialRequest, CredentialResponse,
    Identifiers, RegistrationRequest, RegistrationResponse, RegistrationUpload, ServerLogin,
    ServerLoginParameters, ServerRegistration, ServerSetup, errors::ProtocolError, ksf::Identity,
};
use voprf::{BlindedElement, EvaluationElement, OprfClient, OprfServer, Ristretto255};

/// What Beistand logs in with, but for the stretching: the RFC's vectors have none.
struct Unstretched;

impl CipherSuite for Unstretched {
    type OprfCs = <LoginSuite as CipherSuite>::OprfCs;
    type KeyExchange = <LoginSuite as CipherSuite>::KeyExchange;
    type Ksf = Identity;
}

/// A scalar is drawn as 64 bytes that are reduced; a reduced one with zeros behind it stays what it is.
const WIDE: [u8; 32] = [0; 32];

pub(crate) fn oprf() -> Outcome {
    let cases = parse(include_str!("../data/rfc-9497.json"))?.list();
    for (number, case) in cases.iter().enumerate() {
        let what = || format!("vector {number}");
        let failed = |error: voprf::Error| format!("vector {number}: {error}");
        let input = case.bytes("Input")?;
        let mut random = Replay::new(&[&case.bytes("Blind")?, &WIDE]);
        let client = OprfClient::<Ristretto255>::blind(&input, &mut random).map_err(failed)?;
        same(client.message.serialize(), case.bytes("BlindedElement")?, what)?;

        let server = OprfServer::<Ristretto255>::new_from_seed(&case.bytes("Seed")?, &case.bytes("KeyInfo")?)
            .map_err(failed)?;
        same(server.serialize(), case.bytes("skSm")?, what)?;
        let blinded = BlindedElement::deserialize(&client.message.serialize()).map_err(failed)?;
        let evaluated = server.blind_evaluate(&blinded);
        same(evaluated.serialize(), case.bytes("EvaluationElement")?, what)?;

        let evaluated = EvaluationElement::deserialize(&evaluated.serialize()).map_err(failed)?;
        same(client.state.finalize(&input, &evaluated).map_err(failed)?, case.bytes("Output")?, what)?;
        same(server.evaluate(&input).map_err(failed)?, case.bytes("Output")?, what)?;
    }
    Ok(cases.len())
}

pub(crate) fn opaque() -> Outcome {
    let cases = parse(include_str!("../data/rfc-9807.json"))?;
    let (real, fake) = (cases.get("real").list(), cases.get("fake").list());
    for (number, case) in real.iter().enumerate() {
        real_login(case).map_err(|error| format!("real vector {number}: {error}"))?;
    }
    for (number, case) in fake.iter().enumerate() {
        fake_login(case).map_err(|error| format!("fake vector {number}: {error}"))?;
    }
    Ok(real.len() + fake.len())
}

/// Registration, then log-in, both ends.
fn real_login(case: &Case) -> Result<(), String> {
    let failed = |error: ProtocolError| error.to_string();
    let (password, name) = (case.bytes("password")?, case.bytes("credential_identifier")?);
    let (client_name, server_name) = (case.bytes("client_identity").ok(), case.bytes("server_identity").ok());
    let identifiers = Identifiers { client: client_name.as_deref(), server: server_name.as_deref() };
    let context = case.bytes("context")?;
    // The public key for names that don't exist plays no part here.
    let setup = setup(case, &case.bytes("server_public_key")?)?;

    let mut random = Replay::new(&[&case.bytes("blind_registration")?, &WIDE]);
    let client = ClientRegistration::<Unstretched>::start(&mut random, &password).map_err(failed)?;
    same(client.message.serialize(), case.bytes("registration_request")?, || "registration request".into())?;

    let request = RegistrationRequest::deserialize(&client.message.serialize()).map_err(failed)?;
    let answer = ServerRegistration::start(&setup, request, &name).map_err(failed)?.message;
    same(answer.serialize(), case.bytes("registration_response")?, || "registration response".into())?;

    let answer = RegistrationResponse::deserialize(&answer.serialize()).map_err(failed)?;
    let mut random = Replay::new(&[&case.bytes("envelope_nonce")?]);
    let parameters = ClientRegistrationFinishParameters::new(identifiers, None);
    let registered = client.state.finish(&mut random, &password, answer, parameters).map_err(failed)?;
    same(registered.message.serialize(), case.bytes("registration_upload")?, || "registration".into())?;
    same(registered.export_key, case.bytes("export_key")?, || "export key".into())?;

    let upload = RegistrationUpload::deserialize(&registered.message.serialize()).map_err(failed)?;
    let record = ServerRegistration::finish(upload);
    let drawn = [case.bytes("blind_login")?, WIDE.into(), case.bytes("client_keyshare_seed")?].concat();
    let mut random = Replay::new(&[&drawn, &case.bytes("client_nonce")?]);
    let client = ClientLogin::<Unstretched>::start(&mut random, &password).map_err(failed)?;
    same(client.message.serialize(), case.bytes("KE1")?, || "KE1".into())?;

    // The server draws a masking key first, whether there is an account or not: both take the same time.
    let drawn = [case.bytes("masking_nonce")?, case.bytes("server_keyshare_seed")?].concat();
    let mut random = Replay::new(&[&[0; 64], &drawn, &case.bytes("server_nonce")?]);
    let request = CredentialRequest::deserialize(&client.message.serialize()).map_err(failed)?;
    let parameters = || ServerLoginParameters { context: Some(&context), identifiers };
    let server = ServerLogin::start(&mut random, &setup, Some(record), request, &name, parameters())
        .map_err(failed)?;
    same(server.message.serialize(), case.bytes("KE2")?, || "KE2".into())?;

    let response = CredentialResponse::deserialize(&server.message.serialize()).map_err(failed)?;
    let finish = ClientLoginFinishParameters::new(Some(&context), identifiers, None);
    let client = client.state.finish(&mut Replay::new(&[]), &password, response, finish).map_err(failed)?;
    same(client.message.serialize(), case.bytes("KE3")?, || "KE3".into())?;
    same(client.session_key, case.bytes("session_key")?, || "session key".into())?;
    same(client.export_key, case.bytes("export_key")?, || "export key at log-in".into())?;

    let finalization = CredentialFinalization::deserialize(&client.message.serialize()).map_err(failed)?;
    let server = server.state.finish(finalization, parameters()).map_err(failed)?;
    same(server.session_key, case.bytes("session_key")?, || "the server's session key".into())
}

/// What the server answers to a name that doesn't exist.
fn fake_login(case: &Case) -> Result<(), String> {
    let failed = |error: ProtocolError| error.to_string();
    let (client_name, server_name) = (case.bytes("client_identity")?, case.bytes("server_identity")?);
    let identifiers = Identifiers { client: Some(&client_name), server: Some(&server_name) };
    let setup = setup(case, &case.bytes("client_public_key")?)?;
    let drawn = [case.bytes("masking_key")?, case.bytes("masking_nonce")?].concat();
    let mut random =
        Replay::new(&[&drawn, &case.bytes("server_keyshare_seed")?, &case.bytes("server_nonce")?]);
    let answer = ServerLogin::start(
        &mut random,
        &setup,
        None,
        CredentialRequest::deserialize(&case.bytes("KE1")?).map_err(failed)?,
        &case.bytes("credential_identifier")?,
        ServerLoginParameters { context: Some(&case.bytes("context")?), identifiers },
    )
    .map_err(failed)?;
    same(answer.message.serialize(), case.bytes("KE2")?, || "KE2".into())
}

/// The server's set-up keys, with the public key that stands in for an account that doesn't exist.
fn setup(case: &Case, fake: &[u8]) -> Result<ServerSetup<Unstretched>, String> {
    let keys = [case.bytes("oprf_seed")?, case.bytes("server_private_key")?, fake.to_vec()].concat();
    ServerSetup::deserialize(&keys).map_err(|error| error.to_string())
}
