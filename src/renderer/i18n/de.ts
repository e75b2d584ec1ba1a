import type { Catalogue } from './catalogue.ts';

/** German. Addresses the person as “Sie”; short enough for narrow screens. */
export const de: Catalogue = {
  'app.title': 'Gerät einrichten',
  'app.progress': 'Fortschritt der Einrichtung',

  'action.back': 'Zurück',
  'action.continue': 'Weiter',
  'action.retry': 'Erneut versuchen',
  'action.skip': 'Teil überspringen',
  'action.cancel': 'Abbrechen',
  'action.dismiss': 'Diese Meldung schließen',
  'action.details': 'Einzelheiten',
  'action.failed': 'Das hat nicht geklappt. Bitte versuchen Sie es noch einmal.',
  'action.disconnected':
    'Das Einrichtungsprogramm antwortet gerade nicht. Bitte versuchen Sie es noch einmal.',

  'step.starting': 'Start',
  'step.welcome': 'Willkommen',
  'step.network': 'Netzwerk',
  'step.update': 'Aktualisierung',
  'step.terms': 'Nutzungsbedingungen',
  'step.profile': 'Ihr Konto',
  'step.provision': 'Einrichten',
  'step.finish': 'Zusammenfassung',
  'step.finished': 'Fertig',
  'step.stopped': 'Angehalten',

  'starting.title': 'Gleich geht es los',
  'starting.help': 'Einen Augenblick bitte.',

  'welcome.title': 'Willkommen',
  'welcome.help': 'Wählen Sie Sprache und Region für Ihr Gerät.',
  'welcome.language': 'Sprache',
  'welcome.region': 'Land oder Region',
  'welcome.comfort': 'Machen Sie es sich bequem',
  'welcome.textSize': 'Schriftgröße',
  'welcome.textSize.normal': 'Normal',
  'welcome.textSize.large': 'Groß',
  'welcome.textSize.larger': 'Größer',
  'welcome.colorScheme': 'Farben',
  'welcome.colorScheme.system': 'Automatisch',
  'welcome.colorScheme.light': 'Hell',
  'welcome.colorScheme.dark': 'Dunkel',
  'welcome.highContrast': 'Hoher Kontrast',
  'welcome.reducedMotion': 'Weniger Bewegung',
  'welcome.screenReader': 'Bildschirmvorleser',

  'network.title': 'Mit einem Netzwerk verbinden',
  'network.help': 'Damit sucht Ihr Gerät nach Aktualisierungen.',
  'network.list': 'WLAN-Netzwerke',
  'network.wired': 'Ein Netzwerkkabel ist eingesteckt. Ihr Gerät ist verbunden.',
  'network.scan': 'Erneut suchen',
  'network.scanning': 'Netzwerke werden gesucht…',
  'network.none':
    'Keine Netzwerke gefunden. Gehen Sie näher an den Router, oder suchen Sie erneut.',
  'network.connected': 'Verbunden',
  'network.connecting': 'Wird verbunden…',
  'network.secured': 'Mit Passwort',
  'network.open': 'Ohne Passwort',
  'network.signal': 'Signal {strength, number, ::percent}',
  'network.hidden': 'Anderes Netzwerk…',
  'network.offline': 'Offline weiter',
  'network.choose': 'Wählen Sie zuerst ein Netzwerk, oder machen Sie offline weiter.',
  'network.join.title': 'Mit „{ssid}“ verbinden',
  'network.join.help': 'Das Passwort steht oft auf dem Router.',
  'network.join.action': 'Verbinden',
  'network.join.hiddenTitle': 'Anderes Netzwerk',
  'network.join.hiddenHelp': 'Geben Sie den Namen genau so ein, wie das Netzwerk heißt.',
  'network.join.ssid': 'Name des Netzwerks',
  'network.join.password': 'Passwort',
  'network.join.optionalPassword': 'Passwort (leer lassen, wenn es keines gibt)',
  'network.join.ssidMissing': 'Geben Sie den Namen des Netzwerks ein.',
  'network.join.passwordMissing': 'Geben Sie das Passwort dieses Netzwerks ein.',
  'network.error.wrongPassword':
    'Dieses Passwort stimmt nicht. Prüfen Sie es, und versuchen Sie es noch einmal.',
  'network.error.notFound':
    'Dieses Netzwerk ist nicht in Reichweite. Prüfen Sie den Namen, oder gehen Sie näher heran.',
  'network.error.failed':
    'Die Verbindung kam nicht zustande. Versuchen Sie es erneut, oder wählen Sie ein anderes Netzwerk.',

  'update.title': 'Suche nach Aktualisierungen',
  'update.help': 'Ihr Gerät holt sich die neueste Fassung der Einrichtung.',
  'update.idle': 'Es geht los…',
  'update.checking': 'Eine neuere Fassung wird gesucht…',
  'update.offline': 'Kein Netzwerk: Ihr Gerät macht mit dem weiter, was es hat.',
  'update.fetching': 'Wird geladen…',
  'update.installing': 'Wird installiert…',
  'update.updated': 'Ihr Gerät hat die neueste Fassung.',
  'update.unchanged': 'Ihr Gerät ist auf dem neuesten Stand.',
  'update.failed': 'Diesmal keine Aktualisierung. Ihr Gerät macht mit dem weiter, was es hat.',
  'update.skip': 'Ohne Warten weiter',

  'terms.title': 'Nutzungsbedingungen',
  'terms.help': 'Bitte lesen Sie die Bedingungen, und nehmen Sie sie an, um Ihr Gerät zu nutzen.',
  'terms.region': 'Text der Nutzungsbedingungen',
  'terms.date': 'Fassung vom {date, date, long}',
  'terms.accept': 'Ich habe die Bedingungen gelesen und nehme sie an',
  'terms.mustAccept': 'Setzen Sie das Häkchen, um die Bedingungen anzunehmen.',
  'terms.use.title': 'Nutzung des Geräts',
  'terms.use.text':
    'Sie dürfen dieses Gerät und seine Software für sich selbst nutzen, zu Hause oder bei der Arbeit. Sie dürfen das Gerät zusammen mit seiner Software weitergeben; dann gelten diese Bedingungen für die neue Besitzerin oder den neuen Besitzer.',
  'terms.updates.title': 'Software und Aktualisierungen',
  'terms.updates.text':
    'Die Software wird aktuell gehalten, solange das Gerät mit einem Netzwerk verbunden ist. Aktualisierungen beheben Fehler, schließen Sicherheitslücken und können Aussehen oder Bedienung ändern. Teile der Software sind freie Software unter eigenen Lizenzen; diese gehen vor, wo sie von diesen Bedingungen abweichen.',
  'terms.data.title': 'Ihre Daten',
  'terms.data.text':
    'Was Sie beim Einrichten eingeben, bleibt auf diesem Gerät, es sei denn, ein Schritt sagt es Ihnen vorher anders. Ihre Passwörter werden nie an den Hersteller gesendet.',
  'terms.care.title': 'Haftung',
  'terms.care.text':
    'Für das Gerät gilt die gesetzliche Gewährleistung Ihres Landes. Behalten Sie Kopien von Daten, die Ihnen wichtig sind: Verlorenes kann der Hersteller nicht wiederherstellen.',
  'terms.change.title': 'Änderungen',
  'terms.change.text':
    'Wenn sich diese Bedingungen ändern, zeigt Ihr Gerät Ihnen den neuen Text und fragt Sie erneut. Sie können die Bedingungen jederzeit in den Einstellungen nachlesen.',

  'profile.title': 'Konto anlegen',
  'profile.help': 'Dieses Konto gibt es nur auf diesem Gerät.',
  'profile.fullName': 'Ihr Name',
  'profile.userName': 'Benutzername',
  'profile.userNameHint': 'Kleinbuchstaben, Ziffern, - und _. Er beginnt mit einem Buchstaben.',
  'profile.password': 'Passwort (freiwillig)',
  'profile.passwordHint':
    'Mindestens {count, plural, one {# Zeichen} other {# Zeichen}}. Ohne Passwort kann jeder das Gerät benutzen.',
  'profile.later': 'Später einrichten',
  'profile.error.fullName': 'Geben Sie Ihren Namen ein, ohne Doppelpunkte.',
  'profile.error.userName':
    'Verwenden Sie nur Kleinbuchstaben, Ziffern, - und _, und beginnen Sie mit einem Buchstaben. Höchstens 32 Zeichen.',
  'profile.error.password':
    'Verwenden Sie mindestens {count, plural, one {# Zeichen} other {# Zeichen}}, oder lassen Sie das Feld leer.',
  'profile.error.samePassword': 'Das Passwort muss sich vom Benutzernamen unterscheiden.',

  'password.show': 'Passwort anzeigen',

  'provision.title': 'Bereit zum Einrichten',
  'provision.help': 'Ihre Auswahl wird jetzt auf das Gerät übertragen.',
  'provision.action': 'Einrichten',

  'finish.title': 'Alles ist bereit',
  'finish.help': 'Ihr Gerät ist fertig. Das haben Sie gewählt.',
  'finish.action': 'Gerät benutzen',

  'summary.language': 'Sprache',
  'summary.region': 'Land oder Region',
  'summary.network': 'Netzwerk',
  'summary.network.wired': 'Netzwerkkabel',
  'summary.network.none': 'Nicht verbunden',
  'summary.account': 'Konto',
  'summary.account.value': '{fullName} ({userName})',
  'summary.account.none': 'Noch nicht eingerichtet',

  'working.title': 'Ihr Gerät wird eingerichtet',
  'working.help': 'Sie müssen nichts tun.',
  'working.now': 'Gerade läuft: {name}',
  'working.attempt': 'Neuer Versuch (Versuch {attempt, number})',
  'working.long':
    'Das dauert länger als sonst. Lassen Sie das Gerät eingeschaltet; die Einrichtung geht von selbst weiter.',

  'steps.list': 'Schritte dieses Teils',
  'steps.help': 'Sie müssen nichts tun. Lassen Sie das Gerät eingeschaltet.',
  'steps.elapsed': 'Bisher: {time}',
  'steps.count': '{done, number} von {total, number}',
  'steps.again': '{name}: neuer Versuch (Versuch {attempt, number})',
  'steps.nextAttempt': 'Als Nächstes: Versuch {attempt, number}',
  'steps.stalled':
    '„{name}“ hat sich eine Weile nicht gemeldet. Vielleicht läuft es noch; lassen Sie das Gerät eingeschaltet.',
  'steps.paused': 'Die Einrichtung ist angehalten. Sie geht weiter, sobald jemand sie fortsetzt.',
  'steps.diskFull':
    'Der Speicher des Geräts ist voll. Die Einrichtung geht weiter, sobald Platz ist.',
  'steps.status.pending': 'Wartet',
  'steps.status.running': 'Läuft',
  'steps.status.runningPercent': 'Läuft, {share, number, ::percent}',
  'steps.status.completed': 'Fertig',
  'steps.status.failed': 'Nicht geklappt',
  'steps.status.skipped': 'Übersprungen',
  'steps.status.alreadyDone': 'Schon erledigt',
  'steps.status.notNeeded': 'Nicht nötig',
  'steps.status.blocked': 'Nicht möglich',
  'steps.status.cancelled': 'Abgebrochen',
  'steps.status.interrupted': 'Unterbrochen',
  'steps.status.again': 'Gleich neuer Versuch',

  'question.askedBy': 'Gefragt von: {name}',
  'question.pending': 'Die Einrichtung hat eine Frage',
  'question.stepsChanged.title': 'Diesen Teil der Einrichtung neu beginnen?',
  'question.stepsChanged.help': 'Er wurde unterbrochen, und was er tut, hat sich seitdem geändert.',
  'question.stepsChanged.startOver': 'Neu beginnen',
  'question.stepsChanged.leave': 'Nicht ausführen',

  'interrupted.title': 'Stromausfall bei „{name}“',
  'interrupted.help':
    'Ihr Gerät weiß nicht, ob dieser Schritt fertig wurde. Deshalb entscheiden Sie.',
  'interrupted.retry': '„Erneut versuchen“ führt diesen Schritt noch einmal von Anfang an aus.',
  'interrupted.skip':
    '„Schritt überspringen“ lässt ihn, wie er ist, und macht mit dem Rest weiter.',
  'interrupted.skipAction': 'Schritt überspringen',

  'execution.id': 'Ausführung',
  'execution.plugin': 'Plugin',
  'execution.status': 'Zustand',
  'execution.status.pending': 'Nicht begonnen',
  'execution.status.running': 'Läuft',
  'execution.status.paused': 'Angehalten',
  'execution.status.completed': 'Fertig',
  'execution.status.failed': 'Gescheitert',
  'execution.status.cancelled': 'Abgebrochen',
  'execution.status.interrupted': 'Unterbrochen',
  'execution.reason': 'Grund',
  'execution.duration': 'Dauer',
  'execution.steps': 'Schritte',
  'execution.attempts': '{count, plural, one {# Versuch} other {# Versuche}}',

  'frame.loading': 'Dieser Teil wird geöffnet…',

  'failure.title': 'Dieser Teil hat nicht geklappt',
  'failure.stoppedTitle': 'Dieser Teil wurde abgebrochen',
  'failure.named': 'Teil: {name}',
  'failure.canSkip':
    'Versuchen Sie es erneut, oder überspringen Sie diesen Teil: Der Rest der Einrichtung geht weiter.',
  'failure.cannotSkip':
    'Versuchen Sie es erneut. Wenn es immer wieder scheitert, bitten Sie um Hilfe.',
  'failure.at': 'Angehalten bei: {name}',
  'failure.resumes': 'Ein neuer Versuch macht dort weiter. Was schon erledigt ist, bleibt.',
  'failure.step': 'Name des Schritts',
  'failure.code': 'Code',
  'failure.message': 'Meldung',
  'failure.team': 'Team',
  'failure.contact': 'Kontakt',
  'failure.kind.plugin': 'Ein Teil der Einrichtung wurde unerwartet beendet.',
  'failure.kind.step': 'Ein Teil der Einrichtung wurde nicht fertig.',
  'failure.kind.cancelled': 'Jemand hat ihn abgebrochen, bevor er fertig war.',
  'failure.kind.timeout': 'Ein Teil der Einrichtung hat zu lange gebraucht.',
  'failure.kind.missing': 'Ein Teil der Einrichtung fehlt auf diesem Gerät oder ist beschädigt.',
  'failure.kind.denied':
    'Ein Teil der Einrichtung durfte auf diesem Gerät nicht tun, was er tun soll.',
  'failure.kind.download': 'Ein Teil der Einrichtung konnte nicht geladen werden.',
  'failure.kind.screen': 'Die Ansicht dieses Teils ließ sich nicht öffnen.',
  'failure.kind.network': 'Das Netzwerk hat nicht wie erwartet funktioniert.',
  'failure.kind.update': 'Die neueste Fassung der Einrichtung konnte nicht geladen werden.',
  'failure.kind.plan': 'Die mitgelieferte Einrichtung dieses Geräts hat Fehler.',
  'failure.kind.any': 'Etwas Unerwartetes ist geschehen.',

  'stop.title': 'Die Einrichtung kommt nicht weiter',
  'stop.help': 'Bitte holen Sie Hilfe. Auf Ihrem Gerät geht nichts verloren.',
  'stop.contact': 'Hier bekommen Sie Hilfe',
  'stop.restart': 'Von vorn beginnen',
  'stop.confirmTitle': 'Einrichtung von vorn beginnen?',
  'stop.confirmText':
    'Alles, was Sie bisher eingegeben haben, wird aus dieser Einrichtung gelöscht.',

  'finished.title': 'Die Einrichtung ist abgeschlossen',
  'finished.help': 'Viel Freude mit Ihrem Gerät.',
  'finished.stoppedTitle': 'Die Einrichtung wurde beendet',
  'finished.stoppedHelp':
    'Die Einrichtung wurde nicht fertig. Sie können das Gerät ausschalten und neu beginnen.',

  'notice.damaged':
    'Ihre frühere Einrichtung war nicht lesbar und beginnt von vorn. Bitte geben Sie Ihre Auswahl noch einmal ein.',
  'notice.any': 'Bitte beachten Sie: {message}',

  'crash.title': 'Diese Ansicht ist abgestürzt',
  'crash.help': 'Was Sie abgeschlossen haben, ist nicht verloren.',
  'crash.action': 'Ansicht neu öffnen',
};
