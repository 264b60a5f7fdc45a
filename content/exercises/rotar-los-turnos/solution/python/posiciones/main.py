def rotar(turnos, pasos):
    nueva = []
    for i in range(len(turnos)):
        nueva.append(turnos[(i - pasos) % len(turnos)])
    return nueva
