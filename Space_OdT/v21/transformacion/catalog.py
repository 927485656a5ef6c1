"""The one list of transformation actions; commands, launcher and docs derive from it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from Space_OdT.v21.transformacion import (
    ubicacion_activar_numeraciones,
    ubicacion_actualizar_cabecera,
    ubicacion_alta_numeraciones_desactivadas,
    ubicacion_configurar_llamadas_internas,
    ubicacion_configurar_permisos_salientes_defecto,
    ubicacion_configurar_pstn,
    usuarios_alta_people,
    usuarios_alta_scim,
    usuarios_anadir_intercom_legacy,
    usuarios_asignar_location_desde_csv,
    usuarios_configurar_desvio_prefijo53,
    usuarios_configurar_perfil_saliente_custom,
    usuarios_modificar_licencias,
    usuarios_remover_licencias,
    workspaces_alta,
    workspaces_anadir_intercom_legacy,
    workspaces_configurar_desvio_prefijo53,
    workspaces_configurar_desvio_prefijo53_telephony,
    workspaces_configurar_perfil_saliente_custom,
    workspaces_validar_estado_permisos,
)
from Space_OdT.v21.transformacion.definition import ActionDefinition

# In the order in which a site is brought live; the launcher and site_activate run in this order.
ACTIONS: tuple[ActionDefinition, ...] = (
    ubicacion_configurar_pstn.DEFINITION,
    ubicacion_alta_numeraciones_desactivadas.DEFINITION,
    ubicacion_actualizar_cabecera.DEFINITION,
    ubicacion_configurar_llamadas_internas.DEFINITION,
    ubicacion_configurar_permisos_salientes_defecto.DEFINITION,
    usuarios_alta_scim.DEFINITION,
    usuarios_alta_people.DEFINITION,
    usuarios_remover_licencias.DEFINITION,
    usuarios_modificar_licencias.DEFINITION,
    usuarios_asignar_location_desde_csv.DEFINITION,
    usuarios_anadir_intercom_legacy.DEFINITION,
    usuarios_configurar_perfil_saliente_custom.DEFINITION,
    usuarios_configurar_desvio_prefijo53.DEFINITION,
    workspaces_alta.DEFINITION,
    workspaces_validar_estado_permisos.DEFINITION,
    workspaces_anadir_intercom_legacy.DEFINITION,
    workspaces_configurar_perfil_saliente_custom.DEFINITION,
    workspaces_configurar_desvio_prefijo53.DEFINITION,
    workspaces_configurar_desvio_prefijo53_telephony.DEFINITION,
    # on the day of the cut-over
    ubicacion_activar_numeraciones.DEFINITION,
)

BY_ID: Mapping[str, ActionDefinition] = MappingProxyType({one.action_id: one for one in ACTIONS})
