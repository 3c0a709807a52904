/** The texts of the pages in German. */
import type { Catalogue } from '../language/catalogue.ts';

const noSignIn = 'Sie dürfen sich bei diesem Portal nicht anmelden.';
const notCompleted =
  'Die Anmeldung konnte nicht abgeschlossen werden. Bitte wenden Sie sich an die Betreiber dieses Portals.';
const sessionEnded = 'Die Sitzung ist beendet. Bitte melden Sie sich erneut an.';

export const de: Catalogue = {
  common: {
    skip: 'Zum Inhalt springen',
    backToPortal: 'Zurück zum Portal',
    codeAndReference: 'Code {code}, Referenz {reference}.',
    codeInLog: 'Code {code}. Im Protokoll des Portals steht der Vorgang unter der Referenz {reference}.',
    tryAgain: 'Erneut versuchen',
  },
  endings: {
    signedIn: 'Sie sind angemeldet',
    canClose: 'Sie können dieses Fenster schließen.',
    notSignedIn: 'Sie sind nicht angemeldet',
    cannotSignIn: 'So können Sie sich nicht anmelden',
    cannotAsk: 'Diese Anwendung kann keinen Zugriff anfordern',
    noSuchPage: 'Diese Seite gibt es nicht',
    notNow: 'Das geht im Moment nicht',
    tooMany: 'Zu viele Anfragen',
  },
  signIn: {
    tab: 'Anmelden',
    heading: 'Bei {title} anmelden',
    lead: 'Wählen Sie, wie Sie sich ausweisen möchten.',
    noProvider:
      'Es steht keine Anmeldung zur Verfügung. Falls das Portal gerade startet, laden Sie diese Seite gleich noch einmal.',
    withProvider: 'Mit {provider} anmelden',
    asProvider: 'Als {provider} fortfahren',
    guest: 'Gast',
    accessOnly: 'Gibt nur Zugriff auf {provider}; wer Sie hier sind, ergibt sich daraus nicht.',
    withoutPopup: 'Ohne Popup-Fenster anmelden',
    withoutPopupThrough: 'mit {provider}',
    switchedOff: '{provider} ist abgeschaltet.',
    needsScript: 'Diese Seite braucht JavaScript, um Sie anzumelden.',
    onlyAt: 'Die Anmeldung funktioniert nur unter {address}. Bitte öffnen Sie die Seite dort.',
    looking: 'Ihre Sitzung wird gesucht …',
    waiting: 'Das Anmeldefenster ist geöffnet …',
    signingIn: 'Sie werden angemeldet …',
    signedIn: 'Sie sind angemeldet.',
    sessionEnded: 'Ihre Sitzung ist beendet.',
    closed:
      'Das Anmeldefenster wurde geschlossen, bevor die Anmeldung fertig war. Niemand ist angemeldet; versuchen Sie es einfach noch einmal.',
    blocked:
      'Ihr Browser hat das Anmeldefenster blockiert. Erlauben Sie Popups für diese Seite, oder melden Sie sich ohne Popup-Fenster an.',
    unreachable:
      'Das Portal ist nicht erreichbar. Prüfen Sie Ihre Verbindung, und versuchen Sie es dann noch einmal.',
  },
  picker: {
    summary: 'Als jemand anderes fortfahren',
    through: 'über {provider}',
    note: 'Nur in der Entwicklung: Sie erhalten, was diese Person erhielte.',
    filter: 'Name, E-Mail-Adresse oder Referenz',
    list: 'Benutzer des Katalogs',
    found: { one: '{count} Benutzer im Katalog', other: '{count} Benutzer im Katalog' },
    truncated: {
      one: 'Der erste Benutzer im Katalog. Die übrigen finden Sie über die Suche.',
      other: 'Die ersten {count} Benutzer im Katalog. Die übrigen finden Sie über die Suche.',
    },
    nobody: 'Im Katalog heißt niemand so.',
    unavailable: 'Der Katalog ist im Moment nicht erreichbar.',
    groups: { one: '{count} Gruppe', other: '{count} Gruppen' },
  },
  refusal: {
    title: 'Sie sind nicht angemeldet',
    general:
      'Die Anmeldung ist fehlgeschlagen. Bitte versuchen Sie es noch einmal, oder wenden Sie sich an die Betreiber dieses Portals.',
    code: 'Code: {code}',
    reference: 'Referenz: {reference}',
    whatToDo: 'Was die Betreiber tun würden',
    developmentOnly: 'Wird nur in der Entwicklung angezeigt.',
    why: 'Warum',
    whyOnly: '(nur in der Entwicklung)',
    decision: 'Die Entscheidung Schritt für Schritt',
  },
  person: {
    refresh: 'Erneuern',
    signOut: 'Abmelden',
    signedOut: 'Sie sind abgemeldet.',
    signedOutElsewhere: 'Sie haben sich in einem anderen Tab abgemeldet.',
    signOutFailed:
      'Die Abmeldung ist fehlgeschlagen. Sie sind weiterhin angemeldet; bitte versuchen Sie es noch einmal.',
    refreshed: 'Erneuert.',
    refreshedToken: 'Erneuert: Dies ist ein neues Token.',
    signedInWith: 'Angemeldet mit {provider}.',
    continuedAs: 'Fortgefahren als {provider}.',
    notFollowed: 'Die Regeln dieses Portals folgen Ihrer Auswahl nicht ({user}).',
    accessOnly: 'Das gibt nur Zugriff auf {provider}; wer Sie hier sind, ergibt sich daraus nicht.',
    tokenUntil: 'Das Token gilt bis {time}.',
    toPortal: 'Weiter zu {title}',
    toPortalLead: 'Auf dieser Seite melden Sie sich nur an; das Portal selbst hat eine andere Adresse.',
    groups: { one: 'Ihre Gruppen', other: 'Ihre {count} Gruppen' },
    noGroups: 'Sie gehören zu keiner Gruppe.',
    showGroups: { one: 'Die Gruppe anzeigen', other: 'Alle {count} Gruppen anzeigen' },
    filterGroups: 'Gruppen filtern',
    shownGroups: '{shown} von {count} Gruppen',
    owned: 'Was Ihnen gehört',
    asking: 'Der Katalog wird gefragt …',
    nothingOwned: 'Im Katalog gehört Ihnen und Ihren Gruppen noch nichts.',
    firstOnly: {
      one: 'Nur der erste Eintrag wird angezeigt.',
      other: 'Nur die ersten {count} Einträge werden angezeigt.',
    },
    ownedUnavailable: 'Der Katalog ist im Moment nicht erreichbar. Angemeldet sind Sie trotzdem.',
    showOwned: { one: 'Den Eintrag anzeigen', other: 'Alle {count} Einträge anzeigen' },
    filterOwned: 'Einträge filtern',
    shownOwned: '{shown} von {count} Einträgen',
    directly: 'direkt',
    through: 'über {groups}',
    directlyAndThrough: 'direkt und über {groups}',
    more: { one: '{count} weitere', other: '{count} weitere' },
    answer: 'Ihre AuthResponse',
    answerNote:
      'Das erhält ein Frontend. Es enthält Tokens: Wer sie hat, kann in Ihrem Namen handeln, bis sie ablaufen. Geben Sie sie niemandem.',
    copy: 'Kopieren',
    copied: 'Kopiert. Denken Sie daran, dass es Tokens enthält.',
    notCopied:
      'Der Browser lässt diese Seite nicht kopieren. Der Text ist markiert: Kopieren Sie ihn selbst.',
  },
  consent: {
    tab: 'Zugriff erlauben',
    needsScript:
      'Diese Seite braucht JavaScript, um Ihnen zu zeigen, welche Anwendung Zugriff anfordert. Noch ist nichts erlaubt.',
    signInLead:
      'Eine Anwendung möchte in Ihrem Namen handeln. Melden Sie sich zuerst an; danach entscheiden Sie.',
    looking: 'Die Anfrage wird geladen …',
    heading: 'Darf diese Anwendung in Ihrem Namen handeln?',
    nameless: 'Eine Anwendung ohne Namen',
    name: '„{name}“',
    ownWord: 'So nennt sie sich selbst; niemand hat das geprüft.',
    fromDocument: 'Die Beschreibung stammt von {host}.',
    fromConfig: 'Die Betreiber dieses Portals haben sie als {client} eingerichtet.',
    registeredItself: 'Sie hat sich hier selbst registriert.',
    account: 'Sie sind angemeldet als',
    anotherAccount: 'Anderes Konto verwenden',
    powers: 'Wenn Sie zustimmen, kann sie',
    actAsYou: 'in {title} in Ihrem Namen handeln: alles sehen und ändern, was Sie dürfen',
    whileAway: 'das auch in Ihrer Abwesenheit tun, bis dieser Zugriff entzogen wird oder verfällt',
    forNow: 'das für begrenzte Zeit tun; danach muss sie Sie erneut fragen',
    destination: 'Danach gelangen Sie zu',
    program: 'einem Programm auf diesem Computer ({address})',
    app: 'der App auf diesem Gerät, die „{scheme}“-Links öffnet',
    plainWarning:
      'Der Weg dorthin ist nicht verschlüsselt: Andere im Netzwerk könnten diesen Zugriff an sich nehmen.',
    appWarning:
      'Jedes Programm auf diesem Gerät kann solche Links öffnen. Ihr Browser nennt es: Achten Sie darauf, dass es das erwartete ist.',
    allow: 'Erlauben',
    cancel: 'Abbrechen',
    advice:
      'Erlauben Sie nur, was Sie gerade selbst in dieser Anwendung begonnen haben. Brechen Sie sonst ab.',
    nobody: '{provider} sagt nicht, wer Sie hier sind. Bitte melden Sie sich auf anderem Weg an.',
    renewed: 'Ihre Anmeldung war abgelaufen und wurde erneuert. Bitte antworten Sie noch einmal.',
    unsure:
      'Das Portal ist nicht erreichbar; Ihre Antwort ist möglicherweise nicht angekommen. Bitte versuchen Sie es noch einmal.',
  },
  outcome: {
    unsafe: 'Diese Anfrage ist nicht sicher',
    unsafeSentence:
      'Die Anwendung möchte die Antwort an eine Adresse erhalten, die kein Ort ist, sondern hier als Programm laufen könnte.',
    tellOperator:
      'Es wurde nichts erlaubt. Sie können diese Seite schließen; informieren Sie bitte die Betreiber dieses Portals.',
    allowed: 'Sie haben es erlaubt',
    notAllowed: 'Sie haben es nicht erlaubt',
    notDelivered: 'Die Antwort wurde nicht zugestellt',
    notDeliveredSentence:
      'Das Portal nannte für sie eine andere Adresse als die Anwendung. Sie wurde nicht geöffnet.',
    notDeliveredNext: 'Sie können diese Seite schließen; informieren Sie bitte die Betreiber dieses Portals.',
    opensApp: 'Ihr Browser fragt möglicherweise, ob er die App für „{scheme}“-Links öffnen darf.',
    opensAppNext: 'Sobald sie geöffnet ist, können Sie diese Seite schließen.',
    openAgain: 'Die App noch einmal öffnen',
    backToProgram: 'Sie gelangen nun zurück zum Programm auf diesem Computer.',
    backToPlace: 'Sie gelangen nun zurück zu {place}.',
    backNext: 'Falls nichts geschieht, läuft es möglicherweise nicht mehr.',
    goNow: 'Jetzt dorthin wechseln',
    notNow: 'Das geht im Moment nicht',
    notNowSentence:
      'Das Portal oder die Beschreibung der Anwendung ist nicht erreichbar. Es wurde nichts erlaubt.',
    notNowNext: 'Prüfen Sie Ihre Verbindung, und versuchen Sie es dann noch einmal.',
    unknown: 'Hier gibt es nichts zu beantworten',
    unknownSentence:
      'Diese Anfrage ist unbekannt. Sie ist möglicherweise zu alt oder wurde bereits beantwortet, hier oder in einem anderen Tab.',
    unknownNext: 'Gehen Sie zurück zur Anwendung, und beginnen Sie dort noch einmal.',
  },
  refusals: {
    ERR_AUTH_PARAMETER_REPEATED: 'Die Adresse ist fehlerhaft: Ein Parameter kommt zweimal vor.',
    ERR_AUTH_PARAMETER_INVALID: 'Die Adresse ist fehlerhaft: Ein Parameter hat einen unmöglichen Wert.',
    ERR_AUTH_METHOD_NOT_ALLOWED: 'Diese Adresse kann so nicht abgerufen werden.',
    ERR_AUTH_ENV_MISSING: 'In der Adresse fehlt die Angabe der Umgebung („env“).',
    ERR_AUTH_ENV_UNKNOWN: 'Für diese Umgebung ist die Anmeldung nicht eingerichtet.',
    ERR_AUTH_PROVIDER_UNKNOWN: 'Diesen Anmeldedienst gibt es hier nicht.',
    ERR_AUTH_PROVIDER_NOT_CONFIGURED: 'Dieser Anmeldedienst ist nicht eingerichtet.',
    ERR_AUTH_PROVIDER_DISABLED:
      'Dieser Anmeldedienst ist abgeschaltet, weil seine Konfiguration einen Fehler enthält.',
    ERR_AUTH_ORIGIN_INVALID: 'Die Adresse der aufrufenden Seite ist ungültig.',
    ERR_AUTH_ORIGIN_NOT_ALLOWED: 'Diese Seite darf die Anmeldung dieses Portals nicht verwenden.',
    ERR_AUTH_REDIRECT_URL_MISSING: 'In der Adresse fehlt, wohin Sie danach zurückkehren („redirectUrl“).',
    ERR_AUTH_REDIRECT_URL_INVALID: 'Die Adresse, zu der Sie zurückkehren sollen, ist ungültig.',
    ERR_AUTH_REDIRECT_URL_NOT_ALLOWED:
      'Die Adresse, zu der Sie zurückkehren sollen, gehört nicht zu diesem Portal.',
    ERR_AUTH_SCOPE_INVALID: 'Die angeforderten Berechtigungen sind fehlerhaft angegeben.',
    ERR_AUTH_STATE_MISSING: 'Hier endet keine Anmeldung, die bei diesem Portal begonnen wurde.',
    ERR_AUTH_STATE_MISMATCH:
      'Diese Anmeldung wurde nicht in diesem Browser begonnen, oder ihr Cookie fehlt. Bitte melden Sie sich erneut an.',
    ERR_AUTH_ATTEMPT_EXPIRED: 'Diese Anmeldung hat zu lange gedauert. Bitte melden Sie sich erneut an.',
    ERR_AUTH_ATTEMPT_REPLAYED:
      'Diese Anmeldung wurde bereits abgeschlossen. Bitte melden Sie sich erneut an.',
    ERR_AUTH_REQUESTED_WITH_MISSING: 'Die Anfrage kam nicht von einer Seite dieses Portals.',
    ERR_AUTH_SESSION_MISSING: 'Hier ist niemand angemeldet.',
    ERR_AUTH_SESSION_ENDED: sessionEnded,
    ERR_AUTH_SESSION_NOT_RENEWABLE: sessionEnded,
    ERR_AUTH_SCOPE_NOT_GRANTED:
      'Die Sitzung deckt das Angeforderte nicht ab. Bitte melden Sie sich erneut an.',
    ERR_AUTH_UNAVAILABLE:
      'Die Anmeldung ist im Moment nicht verfügbar. Bitte versuchen Sie es gleich noch einmal.',
    ERR_PROVIDER_UNAVAILABLE:
      'Der Anmeldedienst ist im Moment nicht erreichbar. Bitte versuchen Sie es gleich noch einmal.',
    ERR_PROVIDER_REFUSED: 'Der Anmeldedienst hat die Anmeldung abgelehnt.',
    ERR_PROVIDER_ANSWER_INVALID: 'Die Antwort des Anmeldedienstes konnte nicht überprüft werden.',
    ERR_PROVIDER_ANSWER_UNREADABLE:
      'Dieses Portal kann die Antwort des Anmeldedienstes nicht lesen. Bitte wenden Sie sich an die Betreiber dieses Portals.',
    ERR_EMAIL_NOT_VERIFIED:
      'Ihre E-Mail-Adresse ist beim Anmeldedienst nicht bestätigt. Bestätigen Sie sie dort, und melden Sie sich dann erneut an.',
    ERR_PROFILE_EMAIL_INVALID:
      'Der Anmeldedienst nannte eine E-Mail-Adresse, die dieses Portal nicht verwenden kann.',
    ERR_PROFILE_NO_EMAIL:
      'Der Anmeldedienst nannte keine E-Mail-Adresse. Ohne sie ist keine Anmeldung möglich.',
    ERR_PROFILE_INVALID: notCompleted,
    ERR_PROFILE_DENIED: noSignIn,
    ERR_GATE_DOMAIN: 'Die Domain Ihrer E-Mail-Adresse ist hier nicht zugelassen.',
    ERR_GATE_USER: 'Ihr Konto gehört nicht zu denen, die sich hier anmelden dürfen.',
    ERR_GATE_GROUP: 'Ihr Konto gehört zu keiner der Gruppen, die sich hier anmelden dürfen.',
    ERR_GATE_HOSTED_DOMAIN: 'Ihr Konto gehört nicht zu der Organisation, die sich hier anmelden darf.',
    ERR_GATE_GITHUB_ORGANIZATION:
      'Ihr Konto gehört zu keiner der GitHub-Organisationen, die sich hier anmelden dürfen.',
    ERR_GATE_GITHUB_TEAM: 'Ihr Konto gehört zu keinem der GitHub-Teams, die sich hier anmelden dürfen.',
    ERR_GUEST_NOT_ALLOWED:
      'Gäste dürfen sich nur in einer Entwicklungsumgebung anmelden, es sei denn, „auth.providers.guest.dangerouslyAllowOutsideDevelopment“ ist gesetzt.',
    ERR_USER_NOT_FOUND:
      'Zu Ihrer Anmeldung gibt es bei diesem Portal keinen Benutzer. Bitten Sie die Betreiber, Sie aufzunehmen.',
    ERR_RESOLVER_NO_MATCH:
      'Beim Anmeldedienst sind Sie angemeldet, aber zu Ihrem Konto dort gibt es bei diesem Portal keinen Benutzer. Bitten Sie die Betreiber, Sie aufzunehmen.',
    ERR_EPHEMERAL_NAME_TAKEN: noSignIn,
    ERR_AMBIGUOUS_MATCH:
      'Ihre Anmeldung könnte zu mehreren Benutzern dieses Portals gehören. Bitten Sie die Betreiber, sie unterscheidbar zu machen.',
    ERR_RESOLVER_DENIED: noSignIn,
    ERR_RESOLVER_FAILED: notCompleted,
    ERR_RESOLVER_TIMEOUT: 'Die Anmeldung hat zu lange gedauert. Bitte versuchen Sie es gleich noch einmal.',
    ERR_RESOLVER_RESULT_INVALID: notCompleted,
    ERR_IDENTITY_REF_INVALID: notCompleted,
    ERR_IDENTITY_REF_UNSAFE:
      'Ihr Konto beim Anmeldedienst hat einen Namen, der hier nicht verwendet werden kann.',
    ERR_TOKEN_TOO_LARGE:
      'Sie gehören zu mehr Gruppen, als in ein Token passen. Bitte wenden Sie sich an die Betreiber dieses Portals.',
    ERR_CATALOG_UNAVAILABLE:
      'Der Katalog dieses Portals ist im Moment nicht erreichbar. Bitte versuchen Sie es gleich noch einmal.',
    ERR_CATALOG_REFUSED: notCompleted,
    ERR_CATALOG_ANSWER_INVALID: notCompleted,
    ERR_CATALOG_QUERY_UNSAFE:
      'Ihr Konto beim Anmeldedienst enthält einen Wert, nach dem dieses Portal nicht suchen kann.',
    ERR_AUTH_NOT_OFFERED:
      'Diese Art der Anmeldung hat keine eigene Seite: Bitte öffnen Sie stattdessen das Portal.',
    ERR_HTTP_ROUTE_NOT_FOUND:
      'An dieser Adresse gibt es nichts. Vielleicht enthält sie einen Tippfehler, oder die Seite ist umgezogen.',
    ERR_HTTP_STARTING: 'Das Portal startet gerade. Bitte versuchen Sie es gleich noch einmal.',
    ERR_HTTP_START_FAILED:
      'Ein Teil des Portals konnte nicht starten. Bitte wenden Sie sich an die Betreiber.',
    ERR_HTTP_STOPPING: 'Das Portal wird gerade neu gestartet. Bitte versuchen Sie es gleich noch einmal.',
    ERR_HTTP_TOO_MANY_REQUESTS:
      'Von hier kamen zu viele Anfragen. Bitte warten Sie einen Moment, und versuchen Sie es dann noch einmal.',
    invalid_client: 'Was diese Anwendung über sich angibt, kann hier nicht verwendet werden.',
    invalid_request: 'Die Anwendung hat auf eine Weise gefragt, die sich nicht beantworten lässt.',
    server_error: 'Es ist ein interner Fehler aufgetreten.',
    temporarily_unavailable: 'Das ist im Moment nicht verfügbar. Bitte versuchen Sie es gleich noch einmal.',
  },
};
