def rotar(turnos, pasos):
    pass
