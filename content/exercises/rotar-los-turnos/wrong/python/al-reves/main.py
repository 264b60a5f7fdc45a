def rotar(turnos, pasos):
    if not turnos:
        return []
    corte = pasos % len(turnos)
    return turnos[corte:] + turnos[:corte]
