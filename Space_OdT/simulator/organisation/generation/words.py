"""Word lists from which names, sites and products of the simulated organisation are made."""

from __future__ import annotations

from dataclasses import dataclass

GIVEN_NAMES = (
    *("Marta", "Jordi", "Núria", "Pau", "Laia", "Oriol", "Montserrat", "Íñigo", "Begoña", "Xavier"),
    *("Sofía", "Andrés", "Lucía", "Joan", "Mireia", "Álvaro", "Carme", "Sergi", "Inés", "Héctor"),
    *("Ana", "Bernat", "Clàudia", "David", "Elena", "Ferran", "Gemma", "Hugo", "Irene", "Jaume"),
    *("Zoë", "Łukasz", "Chloé", "Jürgen", "Søren", "João", "Aisha", "Mihai", "Olga", "Kenji"),
)
SURNAMES = (
    *("García", "Martí", "Puig", "Ferrer", "Serra", "Muñoz", "Peña", "Vidal", "Roca", "Soler"),
    *("Ibáñez", "López", "Castells", "Domènech", "Esteve", "Fàbregas", "Güell", "Homs", "Iglesias"),
    *("Juncosa", "Llorens", "Mas", "Núñez", "Oliva", "Pons", "Queralt", "Riera", "Sala", "Tarrés"),
    *("Ureña", "Vila", "Xirau", "Yáñez", "Zabala", "O'Brien", "Müller", "Conceição", "Dubois"),
)
AWKWARD_DISPLAY_NAMES = (
    'Solé, "Quim" (Recepció)',
    "=SUM(A1:A9)",
    "Two\nLines",
    "+Plus Sign",
    "@at; semicolon|pipe",
    "李小龙 Ñandú 🎧",
)
DEPARTMENTS = ("Atenció ciutadana", "Sistemas", "Recursos Humanos", "Compras", "Legal", "Ventas")
TITLES = ("Técnico", "Cap de secció", "Auxiliar", "Directora", "Analista", "Recepcionista")


@dataclass(slots=True, frozen=True)
class Country:
    """What a country decides for a site; `trunk_digits` open its geographic numbers."""

    code: str
    time_zone: str
    language: str
    announcement: str
    trunk_digits: str
    toll_free: str
    cities: tuple[tuple[str, str, str], ...]


# city, state or province, first three digits of the postal code
SPAIN = Country(
    *("ES", "Europe/Madrid", "es_ES", "es_es", "+3491", "+34900"),
    cities=(
        ("Barcelona", "Barcelona", "080"),
        ("Girona", "Girona", "170"),
        ("Lleida", "Lleida", "250"),
        ("Tarragona", "Tarragona", "430"),
        ("Madrid", "Madrid", "280"),
        ("València", "Valencia", "460"),
        ("A Coruña", "A Coruña", "150"),
        ("Donostia", "Gipuzkoa", "200"),
        ("Logroño", "La Rioja", "260"),
        ("Sevilla", "Sevilla", "410"),
    ),
)
ABROAD = (
    Country(
        *("PT", "Europe/Lisbon", "pt_PT", "pt_pt", "+35121", "+351800"),
        cities=(("Lisboa", "Lisboa", "100"), ("Setúbal", "Setúbal", "290")),
    ),
    Country(
        *("FR", "Europe/Paris", "fr_FR", "fr_fr", "+3314", "+33800"),
        cities=(("Paris", "Île-de-France", "750"), ("Créteil", "Île-de-France", "940")),
    ),
    Country(
        *("DE", "Europe/Berlin", "de_DE", "de_de", "+4930", "+49800"),
        cities=(("Berlin", "Berlin", "101"), ("Köln", "Nordrhein-Westfalen", "506")),
    ),
)
SITE_WORDS = ("Centre", "Diagonal", "Nord", "Sud", "Port", "Estació", "Universitat", "Parc")
STREETS = ("Carrer Major", "Avenida de América", "Plaça Nova", "Rambla", "Calle Ñ", "Gran Via")
ROOMS = ("Recepció", "Sala", "Consergeria", "Magatzem", "Vestíbul", "Aula", "Despatx")


@dataclass(slots=True, frozen=True)
class Product:
    """A device model; `calling` says whether it is a phone of Webex Calling."""

    name: str
    type: str
    calling: bool
    software: str


PHONES = (
    Product("Cisco 8845", "phone", calling=True, software="sip8845_65.14-2-1"),
    Product("Cisco 9861", "phone", calling=True, software="PHONEOS-9861.3-2-1"),
    Product("Cisco 6821", "phone", calling=True, software="sip68xx.12-0-4"),
)
ROOM_DEVICES = (
    Product("Cisco Room Kit Mini", "roomdesk", calling=False, software="RoomOS 11.24.1.8"),
    Product("Cisco Board Pro 55", "roomdesk", calling=False, software="RoomOS 11.24.1.8"),
    Product("Cisco Desk Pro", "roomdesk", calling=False, software="RoomOS 11.23.2.2"),
)
