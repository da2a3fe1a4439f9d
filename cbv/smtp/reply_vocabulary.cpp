#include "cbv/smtp/reply_rules.hpp"

#include <array>

namespace cbv::smtp {
namespace {

// Words that mean the same to the rules, in the languages in which mail servers speak, without
// accents (letter_folding.hpp). A word of another language that means something else in English
// does not belong here.
constexpr std::array vocabulary{
    // What an address, and who reads it, is called
    word_group{
        "mailbox",
        "adressee/addressees/receipient/recipeint/reciepent/acount/accout/maibox/subaddress/"
        "recipientuser/"
        "mottakeren/user/users/username/usernames/userid/userids/useraccount/"
        "usermailbox/recipient/"
        "recipients/recipent/recipiant/reciepient/recepient/rcpt/rcptto/addressee/mailbox/"
        "mailboxes/inbox/inboxes/account/accounts/alias/aliases/address/addresses/adress/"
        "addres/emailaddress/emailaddresses/mailaddress/maildrop/emailaccount/mailaccount/"
        "localpart/person/employee/customer/subscriber/member/student/destination/@/emailid/"
        "mailid/acct/adresse/email/benutzer/benutzername/benutzerkonto/empfaenger/empfanger/"
        "empfangeradresse/empfaengeradresse/nutzer/teilnehmer/postfach/mailadresse/"
        "emailadresse/adressat/konto/mailkonto/emailkonto/kunde/mailbenutzer/utilisateur/"
        "utilisateurs/destinataire/destinataires/compte/boite/usager/abonne/lutilisateur/"
        "ladresse/lusager/labonne/adresses/usuario/usuarios/destinatario/destinatarios/"
        "cuenta/cuentas/buzon/direccion/casilla/utente/utenti/lutente/indirizzo/lindirizzo/"
        "casella/conta/caixa/endereco/utilizador/gebruiker/ontvanger/geadresseerde/postbus/"
        "adres/emailadres/mailadres/uzytkownik/uzytkownika/odbiorca/odbiorcy/adresata/konta/"
        "skrzynka/skrzynki/uzivatel/uzivatele/prijemce/prijemca/schranka/schranky/adresa/"
        "ucet/пользователь/пользователя/получатель/"
        "получателя/адресат/адресата/ящик/ящика/адрес/"
        "адреса/аккаунт/абонент/polzovatel/polzovatelya/poluchatel/"
        "yaschika/yashchika/akkaunt/adresu/ucetni/mailboxu/"
        "adresat/yaschik/yashchik/jashik/kullanici/alici/alicisi/hesap/hesabi/adresi/kutusu/"
        "mottagare/mottagaren/anvandare/anvandaren/kontot/brevlada/modtager/modtageren/"
        "bruger/mottaker/bruker/brukeren/kayttaja/kayttajaa/vastaanottaja/vastaanottajaa/"
        "osoite/osoitetta/felhasznalo/cimzett/postafiok/utilizator/utilizatorul/destinatarul/"
        "naslov/uporabnik/uporabnika/prejemnik/correo/persona/pessoa/personne/brugeren/"
        "pouzivatel/anyone/anybody/brevladan/postladan/mailboks/mailboksen/postkasse/postkassen/"
        "postboks/postboksen/kontoen/mottagaradress/mottagaradressen/modtageradresse/"
        "postilaatikko/postilaatikkoa/tilia/sahkopostiosoite/sahkopostiosoitetta/kasutaja/"
        "kasutajat/postkast/lietotajs/adresats/vartotojas/vartotojo/gavejas/gavejo/korisnik/"
        "korisnika/primatelj/primatelja/primalac/sanducic/adresatul/adresat/adresati/casuta/"
        "cutia/contul/utilizatorului/destinatarului/fiok/emailcim/usuari/bustia/adreca/"
        "pengguna/penerima/akun/cim/cime/dutilisateur/postvak/tili/laccount/racun/korisnicki/"
        "учетная/обліковий/користувач/користувача/"
        "одержувач/одержувача/"
        "отримувач/отримувача/скринька/скриньки/адресу/потребител/"
        "потребителят/получателят/кутия/адресът/корисник/прималац/"
        "χρηστησ/χρηστη/παραληπτησ/παραληπτη/γραμματοκιβωτιο/διευθυνση/λογαριασμοσ"},
    // Said of one that is not there
    word_group{
        "unknown",
        "unknonw/unkonwn/uknown/invald/invlaid/nonexisitent/"
        "unknown/unknow/unkown/unknwon/unknonwn/nonexistent/nonexisting/nonexistant/"
        "nonexistend/inexistent/unexisting/unexistent/notexist/nonexist/notfound/invalid/"
        "invaild/unrecognized/unrecognised/unroutable/unrouteable/unregistered/undefined/"
        "wrong/incorrect/bogus/mistyped/misspelled/misspelt/unbekannt/unbekannte/unbekannter/"
        "unbekanntes/unbekannten/ungultig/ungultige/ungultiger/ungueltig/ungueltige/"
        "ungueltiger/inconnu/inconnue/inconnus/inconnues/inexistant/inexistante/inexistants/"
        "invalide/invalides/introuvable/nexiste/desconocido/desconocida/desconocidos/"
        "inexistente/invalido/invalida/sconosciuto/sconosciuta/inesistente/errato/errata/"
        "desconhecido/desconhecida/onbekend/onbekende/ongeldig/ongeldige/nieznany/nieznana/"
        "nieznane/nieznanego/nieprawidlowy/nieprawidlowa/nieistniejacy/nieistniejaca/"
        "nieistniejacego/neznamy/neznama/neznamo/neexistuje/neexistujici/neplatny/neplatna/"
        "nenalezen/nenalezena/nespravna/неизвестен/неизвестный/"
        "неизвестного/несуществующий/"
        "несуществующего/недействителен/отсутствует/"
        "неверный/неправильный/neizvesten/neizvestnyj/neizvestny/"
        "nesuschestvuyuschij/otsutstvuet/bilinmeyen/gecersiz/bulunamadi/bulunamiyor/tanimsiz/"
        "yok/okand/okant/ukendt/ukjent/ugyldig/ogiltig/tuntematon/ismeretlen/ervenytelen/"
        "necunoscut/necunoscuta/inexistenta/felaktig/felaktigt/ogiltigt/ugyldigt/virheellinen/"
        "olematon/tundmatu/vigane/nezinams/nezinomas/neegzistuoja/neeksiste/nerastas/nepoznat/"
        "nepoznata/nepoznati/nepostojeci/nepostojeca/bilinmiyor/bulunmuyor/bulunmamaktadir/"
        "yoktur/nemletezo/hibas/bledny/bledna/niepoprawny/niepoprawna/nieistniejace/chybna/"
        "neplatne/невідомий/невідома/невідомого/неіснуючий/недійсний/"
        "недійсна/відсутній/відсутня/неизвестная/неизвестно/"
        "недействительный/неверная/непознат/несъществуващ/невалиден/"
        "невалидна/αγνωστοσ/αγνωστη/ανυπαρκτοσ/ανυπαρκτη/ανυπαρκτο/"
        "ακυροσ/ακυρη/неверен/неверно/nepravilnyj/nevernyj"},
    word_group{
        "not",
        "not/isnt/arent/doesnt/doesn/dosnt/dosent/dosnot/dont/didnt/wasnt/werent/cannot/cant/"
        "couldnt/hasnt/havent/never/nor/no/nicht/pas/non/nao/niet/nie/ne/не/degil/inte/"
        "ikke/ei/eivat/nem/nu/nebyl/nebyla/nebylo/neni/nebol/nebola/nejsou/nije/δεν/tidak/khong/"
        "nav/nelze/nejde/degildir"},
    // Said, with {not}, of one that is not there
    word_group{
        "exist",
        "exit/exsit/exsits/exisit/exisits/exsists/"
        "exist/exists/exits/exsist/existing/existed/existant/existent/found/known/recognized/"
        "recognised/registered/valid/located/defined/here/listed/present/configured/"
        "identified/deliverable/routable/provisioned/existiert/existieren/gefunden/bekannt/"
        "vorhanden/gultig/gueltig/gueltige/gultige/eingerichtet/registriert/existe/trouve/"
        "trouvee/connu/connue/valide/reconnu/reconnue/existen/encontrado/encontrada/encontro/"
        "valido/valida/conocido/reconocido/registrado/registrada/esiste/esistono/trovato/"
        "trovata/conosciuto/riconosciuto/presente/esistente/cadastrado/reconhecido/bestaat/"
        "gevonden/bekend/geldig/istnieje/znaleziono/znaleziony/znaleziona/znany/existuje/"
        "nalezen/nalezena/nalezeno/существует/найден/найдена/"
        "найдено/зарегистрирован/зарегистрирована/"
        "обнаружен/известен/действителен/suschestvuet/"
        "sushchestvuet/suschestvuyet/najden/naiden/nayden/zaregistrirovan/mevcut/bulundu/"
        "kayitli/finns/hittades/existerar/findes/eksisterer/finnes/funnet/loydy/loytynyt/"
        "letezik/talalhato/exista/gasit/gasita/know/obstaja/assigned/allocated/fundet/funnit/"
        "olemassa/postoji/pronaden/pronadena/existeix/trobat/ditemukan/terdaftar/kendes/kendt/"
        "odnaleziony/odnaleziona/odnaleziono/pronadjen/vergeben/letezo/"
        "existuji/"
        "registrovan/zarejestrowany/geregistreerd/existerer/existuju/існує/"
        "знайдено/знайдений/знайдена/зареєстрований/зареєстровано/"
        "съществува/намерен/намерена/постоји/υπαρχει/βρεθηκε/localizado/localizada/localizados/"
        "encuentra/encuentran/risulta/risultano/"
        "wystepuje/определен/определена/nalezt/suschestvuet/sushhestvuet/obnaruzhen/encontre"},
    // Those of {exist} that can stand further away
    word_group{"existing",
               "exist/exists/exits/exsist/existing/found/known/recognized/recognised/registered/"
               "located/existiert/existieren/gefunden/bekannt/trouve/trouvee/existe/existen/"
               "encontrado/encontrada/esiste/trovato/trovata/bestaat/gevonden/istnieje/znaleziono/"
               "existuje/nalezen/существует/найден/найдена/"
               "зарегистрирован/identified/odnaleziony/know"},
    // "no", in languages other than English
    word_group{"none",
               "kein/keine/keinen/nincs/немає/няма/nema/aucun/aucune/ningun/ninguna/nessun/nessuna/"
               "nessuno/nenhum/nenhuma/"
               "geen/brak/zadny/zadna/нет/ingen/inget"},
    // Said of one that was there
    word_group{
        "closed",
        "disabled/inactive/suspended/deactivated/closed/terminated/discontinued/expired/"
        "locked/dormant/cancelled/canceled/deleted/removed/frozen/retired/archived/"
        "unsubscribed/decommissioned/disactivated/unactive/inactivated/inactivo/inactiva/"
        "deaktiviert/abgeschaltet/ausgeschaltet/geschlossen/geloescht/geloscht/abgelaufen/"
        "stillgelegt/inaktiv/gekundigt/"
        "gekuendigt/desactive/desactivee/suspendu/suspendue/ferme/fermee/supprime/supprimee/"
        "resilie/resiliee/cloture/cloturee/archive/archivee/archivees/expire/expiree/inactif/"
        "deshabilitado/deshabilitada/suspendido/suspendida/desactivado/desactivada/cancelado/"
        "cancelada/cerrado/cerrada/eliminado/eliminada/disabilitato/disabilitata/sospeso/"
        "sospesa/disattivato/disattivata/chiuso/chiusa/scaduto/scaduta/cancellato/cancellata/"
        "desativado/desativada/suspenso/suspensa/encerrado/encerrada/inativo/inativa/"
        "desabilitado/desabilitada/uitgeschakeld/opgeheven/inactief/verwijderd/gedeactiveerd/"
        "zablokowane/zablokowana/nieaktywne/nieaktywna/nieaktywny/zawieszone/zawieszona/"
        "wylaczone/wylaczona/usuniete/usunieta/deaktivovan/deaktivovana/zrusen/zrusena/"
        "отключен/отключена/удален/удалена/неактивен/"
        "закрыт/закрыта/деактивирован/приостановлен/"
        "otklyuchen/udalen/zakryt/neaktiven/kapatilmis/kapatildi/pasif/expirado/expirada/"
        "vencida/vencido/ukinjen/hangup/hanged/kapatil*/silin*/deaktiv*/desactiv*/dezactiv*/"
        "disattiv*/dezaktyw*/inaktiv*/inactiv*/zawieszon*/zlikwidowan*/skasowan*/usuniet*/zrusen*/"
        "zmazan*/vymazan*/megszunt*/torol*/letilt*/suljet*/poistet*/lukit*/деактив*/приостан*/"
        "вимкн*/видален*/отключ*/"
        "inaktiverad/inaktiverat/avslutat/avslutad/"
        "avslutats/stangt/stangd/avstangt/avstangd/sparrat/sparrad/raderat/raderad/raderats/"
        "borttagen/borttaget/lukket/spaerret/deaktiveret/slettet/nedlagt/stengt/sperret/"
        "deaktivert/suljettu/poistettu/lukittu/megszunt/torolve/torolt/toroltek/letiltva/"
        "letiltottak/felfuggesztve/megszuntettek/usuniety/zamkniete/zamknieta/zlikwidowane/"
        "zlikwidowana/wylaczony/wylaczona/zawieszony/skasowane/skasowana/zruseno/zrusene/"
        "zablokovana/deaktivovany/deaktivovano/neaktivni/neaktivna/smazan/smazana/zmazany/"
        "dezactivat/dezactivata/suspendat/sters/inchis/deaktiviran/ugasen/obrisan/"
        "деактивовано/деактивована/вимкнено/вимкнена/видалено/"
        "видалений/видалена/закрито/закритий/удалена/закрыта/"
        "приостановлена/неактивний/неактивна/неактивна/изтрит/"
        "закрит/devre/silinmis/silindi/iptal/askiya/απενεργοποιημενοσ/"
        "απενεργοποιηθηκε/διαγραφηκε"},
    // What stands behind the @, in languages other than English
    word_group{"zone",
               "dominio/domaine/domein/domane/domaene/domanen/domaenet/domena/domeny/domenu/"
               "tartomany/tartomanynev/verkkotunnus/verkkotunnusta/domeniu/domeniul/alanadi/"
               "домен/домена/домену/домейн/домейнът/*도메인*/*ドメイン*"},
    // The same, but said of clients and senders, too
    word_group{"barred",
               "blocked/barred/gesperrt/bloque/bloquee/bloqueado/bloqueada/bloccato/bloccata/"
               "geblokkeerd/zablokovan/заблокирован/заблокирована/"
               "zablokirovan/заблоковано/заблокований/заблокована/blokeret/blokkert/blockerat"},
    // Where mail is kept
    word_group{
        "box",
        "mailbox/inbox/account/user/recipient/maildir/mailfolder/mailstore/mailspool/inboxes/"
        "folder/addressee/postfach/boite/compte/buzon/cuenta/casella/caixa/conta/postvak/"
        "postbus/skrzynka/konto/schranka/ящик/yaschik/kutusu/hesap/destinatario/"
        "destinataire/usuario/utente/empfanger/empfaenger/correo/schranky/prijemce/brevladan/"
        "brevlada/postladan/inkorg/postkassen/postkasse/mailboksen/postboksen/postilaatikko/"
        "postafiok/postafiokja/tili/cutia/casuta/sanducic/скринька/кутия/"
        "γραμματοκιβωτιο/bustia/skrzynki/odbiorcy/schranky/uctu/ящика/получателя/alicinin/"
        "destinatarios/ontvanger/gebruiker/odbiorca/"
        "uzytkownika/пользователя/пользователь/получатель/kullanici/alici/"
        "utilisateur/uzivatel/uzivatele/prijemce"},
    // What belongs to a mailbox or to a message, and may be missing without the mailbox being so
    word_group{
        "thing",
        "key/keys/certificate/certificates/signature/transport/route/mx/"
        "profile/count/"
        "exchanger/forward/forwarding/header/backend/schlussel/schluessel/zertifikat/"
        "certificat/certificado/ticket/token/hash/dane/tlsa/encoding/charset/invitation/passcode/"
        "captcha/endpoint/method/checksum/delimiter/secret/deliverby/orcpt/envid/license/licence/"
        "jeton/ключ/сертификат/сертифікат"},
    // What is done about a mailbox, and may be switched off without the mailbox being so
    word_group{"check",
               "verification/verifications/validation/lookup/lookups/check/checks/checking/probing/"
               "vrfy/expn/verify/callout/callouts/prufung/uberprufung/ueberpruefung/pruefung/"
               "verifizierung/abfrage/verificacion/comprobacion/verifica/verificacao/verificatie/"
               "controle/weryfikacja/overeni/проверка/перевірка/posting/forwarding/"
               "forward/redirection/delegation/autoresponder/autoreply/autoreplies/replies/plugin/"
               "routing/routes/enumeration/probing/trial/"
               "contract/version/versions/cipher/ciphers/dienst/zustellung/delivery/reception/"
               "module/feature/option/"
               "function/command/protocol/extension/access/api/port/listener/interface"},
    // What a mailbox has, and may be missing while the mailbox is there
    word_group{
        "part",
        "class/type/format/index/map/maps/delimiter/secret/priority/keyword/language/definition/"
        "directory/folder/table/handler/script/"
        "server/servers/node/host/key/right/rights/quota/parameter/parameters/mode/flag/flags/"
        "setting/settings/configuration/config/profile/version/schema/shard/partition/volume/"
        "store/storage/database/filter/plugin/agent/identity/certificate/licence/license/"
        "locale/language/timezone/role/attribute/attributes/field/column/value/values/"
        "condition/reason/error/home/homedir/hop/status/state/typ/art/zustand/etat/estado/"
        "stato/zertifikat/verzeichnis/repertoire"},
    // What has a mailbox, or belongs to it, before "of the"
    word_group{"head",
               "server/servers/mailserver/serveur/servidor/serwer/сервер/szerver/domain/domane/"
               "domaene/domaine/dominio/domein/domena/домен/host/mx/gateway/certificate/zertifikat/"
               "certificat/certificado/certificato/schlussel/schluessel/clave/cle/key/database"},
    // Said of what is ours, in languages other than English
    word_group{
        "yours",
        "ihre/ihr/ihrer/ihrem/votre/vos/tu/su/sus/tuo/tua/suo/suoi/vostro/vostra/seu/sua/uw/jouw/"
        "twoj/twoje/twoja/panstwa/vas/vase/vasa/vaseho/din/ditt/deres/teidan/"
        "ваш/ваша/ваше/вашого/вашей/вашего/вашата/вашият"},
    // What there is too little of
    word_group{
        "room",
        "quota/quotas/overquota/diskquota/storage/diskspace/space/capacity/allocation/"
        "speicherplatz/speicher/kontingent/stockage/espace/espacio/almacenamiento/spazio/"
        "espaco/armazenamento/cuota/cota/opslag/quotum/miejsca/квота/квоты/kvota/"
        "kvoten/kvoter/kvoty/kvotu/speicherkontingent/speichervolumen/postfachgrosse/mailboxgrosse/"
        "room/lagringsutrymme/utrymme/lagerplads/plads/tila/tarhely/spatiu/spatiul/"
        "квоту/speicherlimit/speichergrenze/pojemnosci/pojemnosc/limitu/место/места/место/місця/"
        "місце/kota/kotasi"},
    word_group{"full",
               "full/fulll/overfull/overflowing/overfilled/overflowed/voll/uberfullt/ueberfuellt/"
               "plein/pleine/saturee/sature/lleno/llena/pieno/piena/cheio/cheia/lotado/lotada/vol/"
               "pelna/pelny/przepelniona/przepelniony/plna/preplnena/переполнен/"
               "переполнена/полон/perepolnen/dolu/dolmus/doldu/stuffed/przepelnion*/zaplnen*/"
               "preplnen*/saturado/saturada/megtelt/"
               "betelt/fullt/fuld/fuldt/overfyldt/taynna/plina/plin/pun/puna/prepun/preplneno/"
               "zapelniona/zapelniony/zapchana/переповнена/переповнений/повна/"
               "заповнена/пълна/заполнен/γεματο/πληρεσ"},
    word_group{
        "exceed",
        "hit/exceeded/exceeds/exceed/exceeding/over/above/beyond/surpassed/overdrawn/exhausted/"
        "reached/used/exceded/exeeded/uberschritten/ueberschritten/erschopft/erschoepft/"
        "depasse/depassee/excedido/excedida/superado/superada/superata/ekscedida/"
        "overschreden/przekroczona/przekroczony/przekroczono/prekrocena/prekrocen/"
        "превышен/превышена/превышено/prevyshena/asildi/asilmis/esgotado/tullpott/supero/"
        "superato/excedio/ultrapassou/ultrapassada/ultrapassado/agotado/"
        "agotada/agotados/закончилось/закончился/"
        "исчерпана/исчерпано/исчерпан/wyczerpan*/vycerpan*/"
        ""
        "overskredet/overskridet/overskriden/ylitetty/ylittynyt/tullepve/depasita/depasit/"
        "prekoracen/prekoracena/перевищено/перевищена/вичерпано/"
        "excedeix/erreicht/atteint/atteinte/alcanzado/raggiunto/raggiunta/atingido/atingida/"
        "bereikt/"
        "osiagnieto/osiagnela/dosazena/достигнут/достигнута/достиг/ulasti/"
        "esgotada/esaurito/esaurita"},
};

}  // namespace

std::span<const word_group> reply_vocabulary() noexcept {
  return vocabulary;
}

}  // namespace cbv::smtp
