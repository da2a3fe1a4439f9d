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
        "user/users/username/usernames/userid/userids/useraccount/usermailbox/recipient/"
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
        "adresat/yaschik/yashchik/jashik/kullanici/alici/alicisi/hesap/hesabi/adresi/kutusu/"
        "mottagare/mottagaren/anvandare/anvandaren/kontot/brevlada/modtager/modtageren/"
        "bruger/mottaker/bruker/brukeren/kayttaja/kayttajaa/vastaanottaja/vastaanottajaa/"
        "osoite/osoitetta/felhasznalo/cimzett/postafiok/utilizator/utilizatorul/destinatarul/"
        "naslov/uporabnik/uporabnika/prejemnik/correo/persona/pessoa/personne/brugeren/"
        "pouzivatel"},
    // Said of one that is not there
    word_group{
        "unknown",
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
        "necunoscut"},
    word_group{
        "not",
        "not/isnt/arent/doesnt/doesn/dosnt/dosent/dosnot/dont/didnt/wasnt/werent/cannot/cant/"
        "couldnt/hasnt/havent/never/nor/no/nicht/pas/non/nao/niet/nie/ne/не/degil/inte/"
        "ikke/ei/nem/nu"},
    // Said, with {not}, of one that is not there
    word_group{
        "exist",
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
        "letezik/talalhato/exista/gasit/know/obstaja/assigned/allocated"},
    // Those of {exist} that can stand further away
    word_group{"existing",
               "exist/exists/exits/exsist/existing/found/known/recognized/recognised/registered/"
               "located/existiert/existieren/gefunden/bekannt/trouve/trouvee/existe/existen/"
               "encontrado/encontrada/esiste/trovato/trovata/bestaat/gevonden/istnieje/znaleziono/"
               "existuje/nalezen/существует/найден/найдена/"
               "зарегистрирован/know"},
    // "no", in languages other than English
    word_group{
        "none",
        "kein/keine/keinen/aucun/aucune/ningun/ninguna/nessun/nessuna/nessuno/nenhum/nenhuma/"
        "geen/brak/zadny/zadna/нет/ingen/inget"},
    // Said of one that was there
    word_group{
        "closed",
        "disabled/inactive/suspended/deactivated/closed/terminated/discontinued/expired/"
        "locked/dormant/cancelled/canceled/deleted/removed/frozen/retired/archived/"
        "unsubscribed/decommissioned/disactivated/unactive/inactivated/inactivo/inactiva/"
        "deaktiviert/geschlossen/geloescht/geloscht/abgelaufen/stillgelegt/inaktiv/gekundigt/"
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
        "vencida/vencido/ukinjen/hangup/hanged"},
    // The same, but said of clients and senders, too
    word_group{"barred",
               "blocked/barred/gesperrt/bloque/bloquee/bloqueado/bloqueada/bloccato/bloccata/"
               "geblokkeerd/zablokovan/заблокирован/заблокирована/"
               "zablokirovan"},
    // Where mail is kept
    word_group{
        "box",
        "mailbox/inbox/account/user/recipient/maildir/mailfolder/mailstore/mailspool/inboxes/"
        "folder/addressee/postfach/boite/compte/buzon/cuenta/casella/caixa/conta/postvak/"
        "postbus/skrzynka/konto/schranka/ящик/yaschik/kutusu/hesap/destinatario/"
        "destinataire/usuario/utente/empfanger/empfaenger/correo/schranky/prijemce"},
    // What there is too little of
    word_group{"room",
               "quota/quotas/overquota/diskquota/storage/diskspace/space/capacity/allocation/"
               "speicherplatz/speicher/kontingent/stockage/espace/espacio/almacenamiento/spazio/"
               "espaco/armazenamento/cuota/cota/opslag/quotum/miejsca/квота/квоты/kvota/"
               "room"},
    word_group{"full",
               "full/fulll/overfull/overflowing/overfilled/overflowed/voll/uberfullt/ueberfuellt/"
               "plein/pleine/saturee/sature/lleno/llena/pieno/piena/cheio/cheia/lotado/lotada/vol/"
               "pelna/pelny/przepelniona/przepelniony/plna/preplnena/переполнен/"
               "переполнена/полон/perepolnen/dolu/dolmus"},
    word_group{"exceed",
               "exceeded/exceeds/exceed/exceeding/over/above/beyond/surpassed/overdrawn/exhausted/"
               "reached/used/exceded/exeeded/uberschritten/ueberschritten/erschopft/erschoepft/"
               "depasse/depassee/excedido/excedida/superado/superada/superata/ekscedida/"
               "overschreden/przekroczona/przekroczony/przekroczono/prekrocena/prekrocen/"
               "превышен/превышена/превышено/prevyshena/asildi/esgotado/"
               "esgotada/esaurito/esaurita"},
};

}  // namespace

std::span<const word_group> reply_vocabulary() noexcept {
  return vocabulary;
}

}  // namespace cbv::smtp
